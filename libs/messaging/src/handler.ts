import type { Envelope, Message } from '@checkout/contracts';
import type { Sql } from '@checkout/sql';
import type { z } from 'zod';

/** The message at hand and what travels beside it. */
export interface Incoming<M extends Message = Message> {
  readonly message: M;
  readonly envelope: Envelope;
  /** The batch's clock, in milliseconds since 1970: deciding has no clock of its own. */
  readonly now: number;
}

/** What one message leads to: stored and sent whole, or not at all. */
export interface Decision<Change, Effect = never, Answer = void> {
  readonly changes?: readonly Change[];
  readonly messages?: readonly Message[];
  /** Work that must wait for the commit, such as a call to a payment provider; its result comes back as a message of its own. */
  readonly effects?: readonly Effect[];
  /** What a local caller (an HTTP request) is told once the decision is durable. */
  readonly answer?: Answer;
}

/**
 * What a service does with one kind of message, as two pure functions. The pipeline joins the needs of a whole batch into one load,
 * decides message by message on rows that already show the decisions before, and commits the lot at once; a handler never sees that.
 */
export interface Handler<M extends Message, Need, Rows, Change, Effect = never, Answer = void> {
  /** Which rows `decide` will look at. */
  needs(message: M): readonly Need[];
  decide(rows: Rows, incoming: Incoming<M>): Decision<Change, Effect, Answer>;
}

/** How to read what a batch needs in one round trip. */
export interface Load<Rows> {
  /** One SELECT per entry of `recordsets`, in that order. */
  readonly select: Sql;
  readonly recordsets: readonly z.ZodType[];
  /**
   * Some rows are as this process last wrote them, instead of read. A decision on such a row is safe when it changes the row, because the
   * write is guarded by its version; one that changes nothing is decided again on rows that are read.
   */
  readonly isFromMemory?: boolean;
  toRows(recordsets: readonly (readonly unknown[])[]): Rows;
}

/** A service's tables, as the pipeline uses them. */
export interface Store<Need, Rows, Change> {
  load(needs: readonly Need[]): Load<Rows>;
  /** Makes the next decision of the batch see this change. */
  apply(rows: Rows, change: Change): void;
  /**
   * Statements that write all changes of a batch. They join the inbox marks and the outbox in one transaction, and guard against a
   * second writer by version or predicate: `IF @@ROWCOUNT <> … THROW 51001, 'conflict', 1`.
   */
  write(changes: readonly Change[]): readonly Sql[];
  /** Forgets rows that were remembered: the next load reads all it needs. Called when a commit failed, or when memory was not enough. */
  forgetAll?(): void;
}
