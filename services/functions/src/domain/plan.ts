import { mayMoveMoney, type Value } from './dead-letter.ts';
import type { PatchRule } from './patch-rule.ts';
import type { Selection } from './selection.ts';

/**
 * `draft` until it is started; `running`; `paused` by a person; `stopped` by itself, with a reason, and may be resumed when the cause is mended;
 * `done`, `cancelled` and `expired` are final.
 */
export type PlanState = 'draft' | 'running' | 'paused' | 'stopped' | 'done' | 'cancelled' | 'expired';

/** What a plan does with its messages. */
export type PlanKind = 'replay' | 'discard';

export interface Plan {
  readonly planId: string;
  /** The tenant whose messages it holds, or `*` for a plan of the platform's operators. */
  readonly tenantId: string;
  readonly kind: PlanKind;
  readonly topic: string;
  readonly subscription: string;
  readonly selection: Selection;
  readonly rule?: PatchRule;
  /** Why, in the operator's words. */
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  /** A plan that was not begun by then describes a world that is gone. */
  readonly expiresAt: Date;
  readonly count: number;
  readonly values: readonly Value[];
  readonly needsApproval: boolean;
  readonly approvedBy?: string;
  readonly isRamped: boolean;
  readonly maxPerSecond: number;
  readonly state: PlanState;
  readonly because?: string;
  /** Waves begun, and how many of them before the plan was last started: a run that goes on after a stop begins with one message again. */
  readonly wave: number;
  readonly rampFrom: number;
  readonly predictedAt?: Date;
  readonly version: number;
}

/**
 * `planned`; `sending` once its replay may be on the bus; `sent` when it is; then `applied`, `no-op`, `failed-again`. Or `discarded`; or `gone` when the
 * queue had it no more; or `cancelled` with its plan.
 */
export type ItemState = 'planned' | 'sending' | 'sent' | 'applied' | 'no-op' | 'failed-again' | 'discarded' | 'gone' | 'unfit' | 'cancelled';

/** One message of a plan. */
export interface Item {
  readonly sequenceNumber: bigint;
  readonly tenantId: string;
  readonly saleId?: string;
  readonly messageId: string;
  /** Under which id it is sent: another one for each replay, so that duplicate detection cannot swallow it, and always the same for one plan. */
  readonly replayId: string;
  readonly state: ItemState;
  /** Which wave sent it, from 0. */
  readonly wave?: number;
  readonly prediction?: string;
  readonly because?: string;
}

const final: ReadonlySet<ItemState> = new Set(['applied', 'no-op', 'failed-again', 'discarded', 'gone', 'unfit', 'cancelled']);
export const isFinal = ({ state }: Item): boolean => final.has(state);

/** From this much money on, a plan needs a second person whatever its messages are. In minor units of each currency. */
export const moneyCeilingMinor = 100_000;

/** Whoever changes what a message says needs one too: from then on it is the operator's word, not the sender's. */
export const needsApproval = (types: Iterable<string>, values: readonly Value[], isEdited: boolean): boolean =>
  isEdited || [...types].some(mayMoveMoney) || values.some(({ minor }) => minor >= moneyCeilingMinor);

const allowed: Readonly<Record<PlanState, readonly PlanState[]>> = {
  draft: ['running', 'cancelled', 'expired'],
  running: ['paused', 'stopped', 'done', 'cancelled'],
  paused: ['running', 'cancelled'],
  stopped: ['running', 'cancelled'],
  done: [],
  cancelled: [],
  expired: [],
};

export const mayBecome = (from: PlanState, to: PlanState): boolean => allowed[from].includes(to);

/** The id of the message that a chain of replays began with, and how many replays there have been. `order-1~r2` is the second replay of `order-1`. */
export function originOf(messageId: string): { readonly origin: string; readonly replays: number } {
  const match = /^(.*)~r(\d{1,4})$/.exec(messageId);
  return match ? { origin: match[1] ?? '', replays: Number(match[2]) } : { origin: messageId, replays: 0 };
}

/** Longer ids are not taken by the bus (128 characters), so room is made at the front, where ids of ours are least telling. */
export function replayIdOf(messageId: string): string {
  const { origin, replays } = originOf(messageId);
  const suffix = `~r${replays + 1}`;
  return `${origin.slice(-(128 - suffix.length))}${suffix}`;
}

const holdsBack: ReadonlySet<ItemState> = new Set(['sent', 'failed-again', 'unfit']);

/**
 * The next messages to send: in the queue's order, at most one of each sale, and none whose sale still waits for an earlier one or has lost it: the
 * messages of a sale build on one another.
 */
export function nextWave(items: readonly Item[], size: number): Item[] {
  const wave: Item[] = [];
  const busy = new Set(items.filter(({ state }) => holdsBack.has(state)).map(saleOf));
  for (const item of items) {
    if (wave.length === size) break;
    if (item.state !== 'planned' && item.state !== 'sending') continue;
    const sale = saleOf(item);
    if (busy.has(sale)) continue;
    busy.add(sale);
    wave.push(item);
  }
  return wave;
}

const saleOf = ({ tenantId, saleId, sequenceNumber }: Item): string => (saleId === undefined ? `#${sequenceNumber}` : `${tenantId}/${saleId}`);
