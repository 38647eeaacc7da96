import { setTimeout as sleep } from 'node:timers/promises';
import { Caller, type Network } from '@checkout/local-network';

export interface Group {
  readonly signature: string;
  readonly topic: string;
  readonly subscription: string;
  readonly type: string;
  readonly waiting: number;
  readonly facts: { readonly reason: string; readonly step: string; readonly dependency?: string; readonly errorClass?: string; readonly frame?: string };
}
export interface Plan {
  readonly planId: string;
  readonly state: string;
  readonly because?: string;
  readonly count: number;
  readonly needsApproval: boolean;
  readonly items?: Readonly<Record<string, number>>;
  readonly heldBackBy?: string;
}
export interface Item { readonly messageId: string; readonly state: string; readonly prediction?: string; readonly because?: string; readonly edited: boolean }

/** The desk as an operator has it in front of them, with the second person beside them. */
export class Desk {
  readonly #url: string;
  readonly #operator: Caller;
  readonly #approver: Caller;

  static async open(network: Network, operator = 'platform-sre'): Promise<Desk> {
    return new Desk(network.url('functions'), await Caller.signIn(network, operator), await Caller.signIn(network, 'platform-approver'));
  }

  private constructor(url: string, operator: Caller, approver: Caller) {
    this.#url = `${url}/v1/`;
    this.#operator = operator;
    this.#approver = approver;
  }

  async groups(): Promise<readonly Group[]> {
    return (await this.#call<{ groups: Group[] }>('GET', 'dead-letters/groups')).groups;
  }

  replay({ signature }: Pick<Group, 'signature'>, more: object = {}): Promise<Plan> {
    return this.#call('POST', 'dead-letters/plans', { kind: 'replay', selection: { signature }, reason: 'the cause is mended', ...more });
  }

  dryRun({ planId }: Plan): Promise<{ readonly counts: Readonly<Record<string, number>>; readonly edits?: readonly unknown[] }> {
    return this.#call('POST', `dead-letters/plans/${planId}/dry-run`);
  }

  async start({ planId, needsApproval }: Plan): Promise<Plan> {
    if (needsApproval) await this.#call('POST', `dead-letters/plans/${planId}/approve`, undefined, this.#approver);
    return this.#call('POST', `dead-letters/plans/${planId}/start`);
  }

  cancel({ planId }: Plan): Promise<Plan> {
    return this.#call('POST', `dead-letters/plans/${planId}/cancel`);
  }

  show({ planId }: Pick<Plan, 'planId'>): Promise<Plan> {
    return this.#call('GET', `dead-letters/plans/${planId}`);
  }

  async items({ planId }: Plan): Promise<readonly Item[]> {
    return (await this.#call<{ items: Item[] }>('GET', `dead-letters/plans/${planId}/items?limit=1000`)).items;
  }

  audit(): Promise<{ readonly entries: number; readonly broken?: object }> {
    return this.#call('GET', 'dead-letters/audit/verification');
  }

  async metrics(): Promise<string> {
    return (await fetch(`${this.#url}metrics`)).text();
  }

  /** The plan once it has come to an end, for good or until somebody goes on with it. Plans run one after another, and each may meet locks that last a minute. */
  async ended(plan: Pick<Plan, 'planId'>, limitMs = 300_000): Promise<Plan> {
    for (const giveUpAt = Date.now() + limitMs; ;) {
      const now = await this.show(plan).catch(() => undefined);
      const isOver = now !== undefined && now.state !== 'running' && (now.items?.['sent'] ?? 0) === 0;
      if (isOver) return now;
      if (Date.now() > giveUpAt) throw new Error(`The plan is not over: ${JSON.stringify(now)}`);
      await sleep(200);
    }
  }

  async #call<Body>(method: string, path: string, body?: object, by = this.#operator): Promise<Body> {
    // Looking and predicting change nothing, and are asked for again when a part of the system was too busy.
    const isHarmless = method === 'GET' || path.endsWith('/dry-run');
    let answer = await by.call<Body>(method, this.#url + path, body);
    for (let tries = 1; isHarmless && answer.status === 503 && tries < 10; tries += 1) {
      await sleep(1_000);
      answer = await by.call<Body>(method, this.#url + path, body);
    }
    if (answer.status >= 300) throw Object.assign(new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`), { code: (answer.body as { code?: string }).code });
    return answer.body;
  }
}
