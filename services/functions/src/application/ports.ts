import type { AuditEntry, ChainedEntry } from '../domain/audit-chain.ts';
import type { DeadLetter, DeadLetterState, Place, Value } from '../domain/dead-letter.ts';
import type { FailureFacts } from '../domain/failure-facts.ts';
import type { Item, ItemState, Plan, PlanState } from '../domain/plan.ts';
import type { Selection } from '../domain/selection.ts';

/** Whose dead letters somebody may see: one tenant's, or all of them for who operates the platform. */
export type Scope = { readonly tenantId: string } | 'all-tenants';

/** Who asks, as the token vouches for it. */
export interface Operator {
  readonly subject: string;
  readonly scope: Scope;
  readonly mayOperate: boolean;
  readonly mayApprove: boolean;
  /** Passed on to the services that are asked what a replay would do. */
  readonly authorization: string;
}

/** One subscription's dead-letter queue. */
export interface Queue {
  readonly topic: string;
  readonly subscription: string;
}

/** A message in a dead-letter queue, whole: what a replay must keep. */
export interface QueuedMessage {
  readonly sequenceNumber: bigint;
  readonly messageId: string;
  readonly type: string | undefined;
  readonly body: unknown;
  readonly sessionId: string | undefined;
  readonly correlationId: string | undefined;
  readonly contentType: string | undefined;
  readonly subject: string | undefined;
  readonly applicationProperties: Readonly<Record<string, unknown>>;
  readonly reason: string | undefined;
  readonly description: string | undefined;
  readonly enqueuedAt: Date;
  readonly deliveryCount: number;
}

/** A message that is ours until it is removed, or until its lock runs out. */
export interface TakenMessage extends QueuedMessage {
  remove(): Promise<void>;
}

export interface Taken {
  /** Ours now. Those in neither list are gone. */
  readonly messages: readonly TakenMessage[];
  /** Still there, but somebody has them: a run that died, until its locks end. */
  readonly busy: ReadonlySet<bigint>;
}

export interface OutgoingReplay {
  readonly messageId: string;
  readonly original: QueuedMessage;
  /** Set when the plan mends bodies. */
  readonly body?: unknown;
  readonly properties: Readonly<Record<string, string>>;
}

/** The bus, as the desk uses it. */
export interface DeadLetterQueues {
  readonly queues: readonly Queue[];
  /** Looks without taking: at most `max` messages from a sequence number on, in order, those set aside included. */
  peek(queue: Queue, from: bigint, max: number): Promise<readonly QueuedMessage[]>;
  /** Makes messages be such that they can be taken by their number, whatever lies before them in the queue. */
  setAside(queue: Queue, wanted: ReadonlySet<bigint>): Promise<void>;
  /** Takes messages that were set aside. */
  take(queue: Queue, sequenceNumbers: readonly bigint[]): Promise<Taken>;
  /** Resolves when the bus has every message. They reach the one subscription only. */
  send(queue: Queue, replays: readonly OutgoingReplay[]): Promise<void>;
  /** Messages that wait to be handled on the live subscription, counted up to `upTo`. */
  backlog(queue: Queue, upTo: number): Promise<number>;
}

export interface GroupFilter {
  readonly scope: Scope;
  readonly subscription?: string;
  readonly storeId?: string;
  readonly type?: string;
  readonly reason?: string;
}

/** Failures with one cause. */
export interface Group {
  readonly tenantId: string;
  readonly signature: string;
  readonly topic: string;
  readonly subscription: string;
  readonly type: string;
  readonly facts: FailureFacts;
  readonly waiting: number;
  readonly firstFailedAt: Date;
  readonly lastFailedAt: Date;
  readonly stores: readonly { readonly storeId: string; readonly waiting: number }[];
  readonly values: readonly Value[];
  /** How many failed in which hour, oldest first. */
  readonly hours: readonly { readonly hour: Date; readonly waiting: number }[];
}

export interface IndexStore {
  /** Where the walk through a queue goes on. */
  cursor(queue: Queue): Promise<bigint>;
  /** Adds what is new, counts it in its groups and moves the cursor, in one unit. @returns false when another process did so first, and nothing was done */
  add(queue: Queue, letters: readonly DeadLetter[], cursor: bigint): Promise<boolean>;
  /** Ends entries that say `waiting` between two numbers although their queue has them no more. @returns how many */
  markGone(queue: Queue, from: bigint, to: bigint, present: readonly QueuedMessage[]): Promise<number>;
  /** Those that have no entry: of a queue that was made again, and so counts from the beginning. */
  unknown(queue: Queue, present: readonly QueuedMessage[]): Promise<readonly QueuedMessage[]>;
  /** Adds entries behind the cursor, in the place of those that were of an earlier queue. */
  addUnknown(letters: readonly DeadLetter[]): Promise<void>;
  letters(scope: Scope, selection: Selection, limit: number): Promise<readonly DeadLetter[]>;
  /** Where the selected ones lie, and how many there are. */
  places(scope: Scope, selection: Selection): Promise<readonly (Queue & { readonly letters: number })[]>;
  /** The selected ones of a queue after a number, in their order, so many at the most: what a plan needs of them. */
  selected(scope: Scope, queue: Queue, selection: Selection, after: bigint, limit: number): Promise<readonly Selected[]>;
}

export interface Selected {
  readonly sequenceNumber: bigint;
  readonly tenantId: string;
  readonly saleId?: string;
  readonly messageId: string;
  readonly type: string;
  readonly value?: Value;
}

export interface Groups {
  /** The largest first. */
  groups(filter: GroupFilter): Promise<readonly Group[]>;
}

export interface PlanStore {
  /** Items of a plan that is still to be created: it comes last, so that a crash before leaves items that no plan has. */
  addItems(planId: string, items: readonly Item[]): Promise<void>;
  /** @throws Refusal `another-plan` when a plan that was started and is not over has one of the items */
  create(plan: Plan, audit: readonly AuditEntry[]): Promise<void>;
  find(scope: Scope, planId: string): Promise<Plan | undefined>;
  list(scope: Scope): Promise<readonly Plan[]>;
  /** Items in those states, in the order they are replayed in, so many at the most, after a number. */
  items(planId: string, states: readonly ItemState[], max: number, after?: bigint): Promise<readonly Item[]>;
  /** The first items that are still to be sent: not those of a sale that waits for another one of the plan, or has lost it. */
  next(planId: string, max: number): Promise<readonly Item[]>;
  /** What was predicted of the items that are still to be replayed, and how much money is in them. */
  predictions(plan: Plan): Promise<readonly Predicted[]>;
  /** How the items of one wave have ended so far. */
  wave(planId: string, wave: number): Promise<Readonly<Partial<Record<ItemState, number>>>>;
  counts(planId: string): Promise<Readonly<Partial<Record<ItemState, number>>>>;
  /** @throws Refusal `changed-meanwhile` when somebody else changed the plan since it was read; on a start, `another-plan` as above */
  update(plan: Plan, change: PlanChange, audit: readonly AuditEntry[]): Promise<Plan>;
  /** Changes of items, their entries in the index and the audit in one unit; with `wave`, also which wave is next. Never takes back a final outcome. */
  mark(plan: Plan, changes: readonly ItemChange[], audit: readonly AuditEntry[], wave?: number): Promise<void>;
  /** Takes a plan that is to run and that no other process is running; the lease ends by itself. */
  lease(owner: string, leaseMs: number): Promise<Plan | undefined>;
  /** Whether the lease was still the owner's, and so lasts on. */
  renew(planId: string, owner: string, leaseMs: number): Promise<boolean>;
  release(planId: string, owner: string): Promise<void>;
}

export interface Predicted {
  readonly prediction: string;
  readonly items: number;
  readonly value?: Value;
}

export interface PlanChange {
  readonly state?: PlanState;
  readonly because?: string;
  readonly approvedBy?: string;
  readonly rampFrom?: number;
  readonly predictedAt?: Date;
}

export interface ItemChange {
  readonly sequenceNumber: bigint;
  readonly state?: ItemState;
  readonly wave?: number;
  readonly prediction?: string;
  readonly because?: string;
  /** What becomes of the entry in the index. */
  readonly letter?: DeadLetterState;
}

/** Whoever is to be woken. */
export interface Alerts {
  /** Groups that have appeared, or grown by so many. As well as can be: what is not told now is seen in the metrics. */
  found(groups: readonly { readonly group: Group; readonly found: number }[]): Promise<void>;
}

/** What services have told of replayed messages, and of their breakers. */
export interface Reports {
  replayHandled(report: { readonly messageId: string; readonly outcome: 'applied' | 'no-op' }): Promise<void>;
  breakerChanged(report: { readonly service: string; readonly instance: string; readonly dependency: string; readonly state: string; readonly cause?: string; readonly incidentId?: string; readonly at: Date }): Promise<void>;
  /** Breakers of a service that are open as far as was told since. */
  openBreakers(service: string, since: Date): Promise<readonly OpenBreaker[]>;
}

export interface OpenBreaker {
  readonly dependency: string;
  readonly cause?: string;
  /** Names the outage: in logs, in what callers were told, and on the dead letters it made. */
  readonly incidentId?: string;
  readonly at: Date;
}

export interface Archive {
  /** Keeps the message whole, before it is removed from its queue, or changed. */
  keep(entries: readonly { readonly place: Place; readonly tenantId: string; readonly message: QueuedMessage; readonly reason: string; readonly by: string; readonly at: Date }[]): Promise<void>;
  /** Only what was discarded: the original of an edited message is kept to be read, and its replay stands in its place. */
  discarded(scope: Scope, place: Place): Promise<{ readonly message: QueuedMessage; readonly restoredAt?: Date } | undefined>;
  restored(place: Place, at: Date): Promise<void>;
}

export interface AuditLog {
  append(entries: readonly AuditEntry[]): Promise<void>;
  /** Entries by number, so many at a time. */
  read(after: number, max: number): Promise<readonly ChainedEntry[]>;
}

/** What the service that failed says it would do now. */
export interface Prediction {
  readonly messageId: string;
  /** `would-apply`, `no-op` (already applied), `conflict` (it would be refused now), `needs-decision` (it cannot be handled as it is). */
  readonly verdict: 'would-apply' | 'no-op' | 'conflict' | 'needs-decision';
  readonly because?: string;
}

export interface Predictor {
  /** @throws Error when the service cannot be asked */
  predict(queue: Queue, messages: readonly { readonly messageId: string; readonly original: QueuedMessage; readonly body?: unknown }[], authorization: string): Promise<readonly Prediction[]>;
}
