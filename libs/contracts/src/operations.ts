import { z } from 'zod';
import { event, type MessageOf } from './contract.ts';
import { Currency, Instant, SaleId, StoreId, TenantId, Text } from './shapes.ts';

/**
 * What happens to the machinery, for the operator's desk. These are told as well as can be: without an outbox, so that an outage of the
 * database can be told, and from a bounded buffer, so that an outage of the bus cannot fill a process. Whatever must be counted exactly is a metric.
 */
const told = {
  service: Text(60),
  /** Which process of the service: each learns of an outage by itself. Absent in what older versions told. */
  instance: Text(120).optional(),
  at: Instant,
};

/** A circuit breaker changed its state: when, where and why. */
export const BreakerChanged = event('operations', 'operations.breaker-changed.v1', z.strictObject({
  ...told,
  /** The key: database (or provider) and lane, as in `payment/work`. */
  dependency: Text(120),
  state: z.enum(['closed', 'open', 'half-open', 'ramping']),
  from: z.enum(['closed', 'open', 'half-open', 'ramping']).optional(),
  /** The kind of trouble, in one word: `failover`, `timeout`, `operator`, … Present when `state` is open. */
  kind: Text(40).optional(),
  cause: Text(400).optional(),
  /** How long it was in the state before: for `ramping` that is how long the dependency was out. */
  afterMs: z.int().min(0).optional(),
  /** Names the outage: the same in what callers were told, in the logs, on dead letters, and when it is over. */
  incidentId: Text(60).optional(),
}));
export type BreakerChanged = MessageOf<typeof BreakerChanged>;

/** An operator has taken a breaker into their hands, or given it back (`auto`). */
export const BreakerOverridden = event('operations', 'operations.breaker-overridden.v1', z.strictObject({
  ...told,
  dependency: Text(120),
  mode: z.enum(['open', 'close', 'auto']),
  /** Who: the subject of the token; `expiry` when nobody renewed it in time. */
  by: Text(200),
  reason: Text(400),
  /** When it goes back to `auto` by itself. */
  expiresAt: Instant.optional(),
}));
export type BreakerOverridden = MessageOf<typeof BreakerOverridden>;

const ofSubscription = { ...told, topic: Text(120), subscription: Text(120) };

/** A dependency is down, so nothing is received that needs it. The messages wait on the bus, their delivery counts untouched. */
export const ReceivingPaused = event('operations', 'operations.receiving-paused.v1', z.strictObject({ ...ofSubscription, cause: Text(400).optional() }));
export type ReceivingPaused = MessageOf<typeof ReceivingPaused>;

export const ReceivingResumed = event('operations', 'operations.receiving-resumed.v1', z.strictObject({ ...ofSubscription, pausedMs: z.int().min(0) }));
export type ReceivingResumed = MessageOf<typeof ReceivingResumed>;

/** A client that had stopped without saying so was replaced by a new one. */
export const ClientRebuilt = event('operations', 'operations.client-rebuilt.v1', z.strictObject({
  ...told,
  client: z.enum(['bus', 'sql']),
  /** What was noticed: missed heartbeats, a connection that ended, a receiver without progress. */
  cause: Text(400),
  /** How long it had been silent. */
  silentMs: z.int().min(0),
}));
export type ClientRebuilt = MessageOf<typeof ClientRebuilt>;

/** A dependency answers, but more than a few of its answers take too long for those who wait. No breaker opens for it. */
export const DependencySlowed = event('operations', 'operations.dependency-slowed.v1', z.strictObject({
  ...told,
  /** As a breaker's: `payment/provider`. */
  dependency: Text(120),
  /** What an answer should take at most; several in a hundred took longer. */
  expectedMs: z.int().min(1),
}));
export type DependencySlowed = MessageOf<typeof DependencySlowed>;

/** It answers in time again, or is asked too seldom to tell. */
export const DependencyQuickened = event('operations', 'operations.dependency-quickened.v1', z.strictObject({
  ...told,
  dependency: Text(120),
  /** How long it was slow. */
  afterMs: z.int().min(0),
}));
export type DependencyQuickened = MessageOf<typeof DependencyQuickened>;

/** Something was asked for and no answer came: it happened or it did not. */
export const OutcomeUnknown = event('operations', 'operations.outcome-unknown.v1', z.strictObject({
  ...told,
  kind: z.enum(['commit', 'send', 'payment']),
  /** Of what: a database, a topic, a payment's key. Never a card. */
  subject: Text(200),
  cause: Text(400).optional(),
}));
export type OutcomeUnknown = MessageOf<typeof OutcomeUnknown>;

/** What was unknown is known: it had happened (`done`), or it had not and never will (`not-done`). */
export const OutcomeResolved = event('operations', 'operations.outcome-resolved.v1', z.strictObject({
  ...told,
  kind: z.enum(['commit', 'send', 'payment']),
  subject: Text(200),
  outcome: z.enum(['done', 'not-done']),
  afterMs: z.int().min(0),
}));
export type OutcomeResolved = MessageOf<typeof OutcomeResolved>;

/** Which sale. The store is absent where nobody knows it. These two are sent with the change that they tell of, and so are never lost. */
const ofOneSale = { service: Text(60), tenantId: TenantId, storeId: StoreId.optional(), saleId: SaleId, at: Instant };

/** A sale cannot end by itself: a person has to look. */
export const AttentionNeeded = event('operations', 'operations.attention-needed.v1', z.strictObject({ ...ofOneSale, reason: Text(400), detail: Text(400).optional() }));
export type AttentionNeeded = MessageOf<typeof AttentionNeeded>;

/** Nobody has to look any more: it went on. */
export const AttentionEnded = event('operations', 'operations.attention-ended.v1', z.strictObject(ofOneSale));
export type AttentionEnded = MessageOf<typeof AttentionEnded>;

/** Dead letters of one cause have appeared, or there are more of them. For those who are woken by it: what is inside stands in it. */
export const DeadLettersFound = event('operations', 'operations.dead-letters-found.v1', z.strictObject({
  ...ofSubscription,
  /** Of the cause: what the desk lists and replays by. */
  signature: Text(32),
  /** Whose; `platform` where the messages do not say. */
  tenant: Text(60),
  type: Text(120),
  reason: Text(128),
  dependency: Text(200).optional(),
  /** How many are new, and how many wait now. */
  found: z.int().min(1),
  waiting: z.int().min(0),
  oldest: Instant,
  values: z.array(z.strictObject({ currency: Currency, minor: z.int() })).max(200),
  /** The first of them, those with the most dead letters first. */
  stores: z.array(Text(60)).max(20),
}));
export type DeadLettersFound = MessageOf<typeof DeadLettersFound>;

/**
 * A dead letter that was put back has been handled: it had its effect (`applied`), or its effect was there already (`no-op`). Told through the outbox,
 * in the commit of the effect: whoever replays it waits for this.
 */
export const ReplayHandled = event('operations', 'operations.replay-handled.v1', z.strictObject({
  ...told,
  /** Of the replay. */
  messageId: Text(128),
  /** Of the message that was dead-lettered. */
  replayOf: Text(128),
  outcome: z.enum(['applied', 'no-op']),
}));
export type ReplayHandled = MessageOf<typeof ReplayHandled>;
