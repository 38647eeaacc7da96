export type Value = string | number | boolean | null | Later | Resource | Function_ | readonly Value[] | { readonly [key: string]: Value };
type Function_ = (...given: readonly Value[]) => Value;

/** What only Azure knows, and only after it has deployed what it is of. */
export class Later {
  constructor(readonly path: string) {}

  member(key: Value): Later {
    return new Later(`${this.path}.${show(key)}`);
  }
}

/** A declared resource as expressions see it: its id and name are known at once, its own values as far as they are declared. */
export class Resource {
  readonly nested = new Map<string, Resource>();

  constructor(
    readonly type: string,
    readonly apiVersion: string,
    readonly fullName: string,
    readonly ownName: string,
    readonly body: Readonly<Record<string, unknown>>,
    readonly symbol: string,
  ) {}

  get id(): string {
    return `/providers/${this.type}/${this.fullName}`;
  }

  member(key: Value): Value {
    if (key === 'id') return this.id;
    if (key === 'name') return this.ownName;
    if (key === 'type') return this.type;
    if (key === 'location') return this.body['location'] as Value;
    return new Later(`${this.symbol}(${this.fullName}).${show(key)}`);
  }
}

export const isNothing = (value: Value | undefined): value is null | undefined => value === null || value === undefined;

export const show = (value: Value | undefined): string => {
  if (value instanceof Later) return `<${value.path}>`;
  if (value instanceof Resource) return value.fullName;
  return typeof value === 'object' && value !== null ? JSON.stringify(plain(value)) : String(value);
};

/** As a template holds it: what Azure knows becomes its path. */
export function plain(value: Value | undefined): unknown {
  if (value instanceof Later) return show(value);
  if (value instanceof Resource) return { id: value.id };
  if (Array.isArray(value)) return value.map((item: Value) => plain(item));
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value as Record<string, Value>).map(([key, each]) => [key, plain(each)]));
  return value;
}
