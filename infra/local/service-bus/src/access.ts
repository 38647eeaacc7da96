import { condition, Refusal } from './errors.ts';

/** What one may do with an entity, as shared access policies name it. Of Entra's data roles a receiver has `Listen`, a sender `Send`, an owner all. */
export type Right = 'Listen' | 'Send' | 'Manage';

export interface Grant {
  readonly right: Right;
  /** It and all below it, as `orders/Subscriptions/tills`; absent for the whole namespace. */
  readonly entity?: string;
}

/** Who may do something: a shared access policy by its name, or an identity by its client id, which is what a token of Entra says of it. */
export interface Principal {
  readonly name: string;
  /** Of a shared access policy. */
  readonly key?: string;
  readonly grants: readonly Grant[];
}

/** Holds everyone to what was granted: at the attach of a link, where Azure does it, and at each request to `$management`. */
export class Access {
  readonly #grants: ReadonlyMap<string, readonly { readonly right: Right; readonly below: string }[]> | undefined;

  /** @param principals absent: everyone may do everything. */
  constructor(principals: readonly Principal[] | undefined) {
    this.#grants = principals && new Map(principals.map(({ name, grants }) => [name.toLowerCase(), grants.map(({ right, entity = '' }) => ({ right, below: entity.toLowerCase() }))]));
  }

  /**
   * @param holder whose token was put for this entity; undefined when none was.
   * @throws Refusal (unauthorized) as Azure words it.
   */
  demand(right: Right, path: string, holder: string | undefined): void {
    if (!this.#grants) return;
    const wanted = path.toLowerCase();
    const granted = this.#grants.get(holder?.toLowerCase() ?? '') ?? [];
    if (granted.some((each) => (each.right === right || each.right === 'Manage') && isWithin(wanted, each.below))) return;
    throw new Refusal(condition.unauthorized, `Unauthorized access. '${right}' claim(s) are required to perform this operation. Resource: 'sb://localhost/${path}'.${holder === undefined ? '' : ` '${holder}' has no such right.`}`);
  }
}

/** Segment by segment: what is good for `orders` does not open `orders-2`. Both in lower case; an empty one is the namespace. */
export const isWithin = (path: string, above: string): boolean => above === '' || path === above || path.startsWith(`${above}/`);
