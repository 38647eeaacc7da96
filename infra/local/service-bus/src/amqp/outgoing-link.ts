import type { Broker } from '../broker.ts';
import type { Consumer } from '../consumer.ts';
import { type Condition, condition, Refusal } from '../errors.ts';
import type { Faults } from '../fault/faults.ts';
import { settlementFate } from '../fault/settlement-fault.ts';
import { limits } from '../limits.ts';
import { lockTokenInto } from '../lock-token.ts';
import type { MessageLock } from '../message-locks.ts';
import type { MessageSession } from '../message-session.ts';
import type { MessageStore } from '../message-store.ts';
import type { StoredMessage } from '../stored-message.ts';
import { type Disposition, type Flow, type Outcome, outcome, TRANSFER_BYTES, TRANSFER_TAG_AT, type Transfer, writeTransfer } from '../wire/frames.ts';
import { prefixBytes, writePrefix } from '../wire/prefix.ts';
import type { AmqpSession, HotLink } from './amqp-session.ts';
import { annotationsOfModified, infoOfRejected } from './delivery-state.ts';
import type { AnyLink } from './rhea-link.ts';

/** A client's receiver: messages go out as credit allows, and come back settled (specification §7, §8). */
export class OutgoingLink implements HotLink, Consumer {
  readonly localHandle: number;
  readonly deletesOnReceive: boolean;
  session: MessageSession | undefined;
  readonly #broker: Broker;
  readonly #faults: Faults;
  readonly #amqp: AmqpSession;
  readonly #store: MessageStore;
  readonly #link: AnyLink;
  #deliveryCount = 0;
  #credit = 0;
  /** Messages being deleted, whose transfer follows when that is on disk. They have credit set aside. */
  #reserved = 0;
  #isClosed = false;
  #whenClosed: (() => void) | undefined;

  constructor(broker: Broker, faults: Faults, amqp: AmqpSession, store: MessageStore, link: AnyLink, localHandle: number, deletesOnReceive: boolean) {
    this.#broker = broker;
    this.#faults = faults;
    this.#amqp = amqp;
    this.#store = store;
    this.#link = link;
    this.localHandle = localHandle;
    this.deletesOnReceive = deletesOnReceive;
  }

  get entityPath(): string {
    return this.#store.path;
  }

  // ---- Consumer

  get capacity(): number {
    return this.#isClosed || this.#amqp.outbox.isCongested ? 0 : Math.min(this.#credit, this.#amqp.window);
  }

  deliver(message: StoredMessage): void {
    if (this.#isClosed) return;
    const { content: { bytes, bareAt }, lock } = message;
    const lockedUntil = lock?.until ?? 0;
    if (this.deletesOnReceive) this.#reserved -= 1;
    else this.#credit -= 1;
    this.#deliveryCount = (this.#deliveryCount + 1) >>> 0;
    const deliveryId = this.#amqp.nextDelivery();
    const prefix = TRANSFER_BYTES + prefixBytes(message, lockedUntil > 0);
    const bareBytes = bytes.length - bareAt;
    const isCopied = bareBytes <= limits.copyBodyBytes;
    const { outbox } = this.#amqp;
    const at = outbox.reserve(isCopied ? prefix + bareBytes : prefix);
    const { slab } = outbox;
    writeTransfer(slab, at, prefix + bareBytes, this.#amqp.channel, this.localHandle, deliveryId, this.deletesOnReceive);
    lockTokenInto(slab, at + TRANSFER_TAG_AT, lock?.id ?? 0);
    writePrefix(slab, at + TRANSFER_BYTES, message, lockedUntil);
    if (isCopied) bytes.copy(slab, at + prefix, bareAt);
    else outbox.append(bytes.subarray(bareAt));
    if (!lock) return;
    lock.deliveryId = deliveryId;
    this.#amqp.unsettled.set(deliveryId, message);
  }

  reserve(): void {
    this.#credit -= 1;
    this.#reserved += 1;
  }

  forget({ deliveryId }: MessageLock): void {
    this.#amqp.unsettled.delete(deliveryId);
  }

  /** Closes the link from our side. The session it holds, if it still holds one, is free at once, as when the client closes it. */
  detach(reason: Condition, description: string): void {
    this.onClosed();
    this.#link.close({ condition: reason, description });
  }

  // ---- HotLink

  onTransfer(_transfer: Transfer): void {
    throw new Refusal(condition.notAllowed, 'A receiving link cannot carry transfers from the client.');
  }

  onFlow({ deliveryCount, linkCredit, drain, echo }: Flow): void {
    if (this.#isClosed) return;
    this.#credit = Math.max(0, ((deliveryCount + linkCredit - this.#deliveryCount) | 0) - this.#reserved);
    this.#pump();
    if (drain) this.#drain();
    else if (echo) this.#amqp.writeFlow(this.localHandle, this.#deliveryCount, this.#credit);
  }

  /** Always answered, even when no credit is left, and after every transfer that is already decided (specification §7.2). */
  #drain(): void {
    if (this.#reserved > 0) {
      this.#broker.log.afterDurable(() => this.#drain());
      return;
    }
    if (this.#isClosed) return;
    this.#deliveryCount = (this.#deliveryCount + this.#credit) >>> 0;
    this.#credit = 0;
    this.#amqp.writeFlow(this.localHandle, this.#deliveryCount, 0, true);
  }

  onWindow(): void {
    this.#pump();
  }

  #pump(): void {
    if (this.session) this.#store.pumpSession(this.session);
    else if (!this.#store.options.requiresSession) this.#store.pump();
  }

  onDisposition(disposition: Disposition, bytes: Buffer): void {
    const { first, last, state, settled } = disposition;
    const amqp = this.#amqp;
    let runStart = -1;
    let runEnd = -1;
    const answer = (from: number, to: number): void => {
      if (settled) return;
      amqp.outbox.expect();
      this.#broker.log.afterDurable(() => {
        amqp.outbox.expected();
        this.#faults.onSettlement(() => amqp.settle(false, from, to, stateOf(state)));
      });
    };
    for (let id = first; id <= last; id += 1) {
      const message = amqp.unsettled.get(id);
      const fate = message && this.#faults.isAny ? settlementFate(this.#faults, this.entityPath, message.content) : 'answered';
      if (fate === 'lost') {
        if (runStart >= 0) answer(runStart, runEnd);
        runStart = -1;
        continue;
      }
      const refusal = message ? this.#apply(message, fate === 'undone' ? undone : disposition, bytes) : this.#lockLost();
      if (fate === 'dropped') this.#broker.log.afterDurable(() => amqp.outbox.drop());
      if (fate === 'unanswered' || fate === 'dropped') {
        if (runStart >= 0) answer(runStart, runEnd);
        runStart = -1;
        continue;
      }
      if (!refusal) {
        if (runStart < 0) runStart = id;
        runEnd = id;
        continue;
      }
      if (runStart >= 0) answer(runStart, runEnd);
      runStart = -1;
      if (!settled) amqp.reject(false, id, refusal);
    }
    if (runStart >= 0) answer(runStart, runEnd);
    if (this.session) this.#store.pumpSession(this.session);
  }

  #lockLost(): Refusal {
    return this.#store.options.requiresSession
      ? new Refusal(condition.sessionLockLost, 'The session lock has expired on the MessageSession. Accept a new MessageSession.')
      : new Refusal(condition.messageLockLost, 'The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue.');
  }

  #apply(message: StoredMessage, { state, stateAt }: Pick<Disposition, 'state' | 'stateAt'>, bytes: Buffer): Refusal | undefined {
    switch (state) {
      case outcome.accepted:
        this.#store.complete(message);
        return undefined;
      case outcome.released:
        this.#store.abandon(message);
        return undefined;
      case outcome.modified: {
        const { isUndeliverableHere, changes } = annotationsOfModified(bytes, stateAt);
        if (isUndeliverableHere) this.#store.defer(message, changes);
        else this.#store.abandon(message, changes);
        return undefined;
      }
      case outcome.rejected:
        try {
          this.#store.deadLetter(message, infoOfRejected(bytes, stateAt));
          return undefined;
        } catch (error) {
          if (error instanceof Refusal) return error;
          throw error;
        }
      default:
        return new Refusal(condition.notImplemented, `Delivery state 0x${state.toString(16)} is not supported.`);
    }
  }

  /** For an attach that is still being waited for. */
  whenClosed(listener: () => void): void {
    this.#whenClosed = listener;
  }

  onClosed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#whenClosed?.();
    this.#store.removeConsumer(this);
    const { session } = this;
    const held = [...this.#amqp.unsettled.values()].filter(({ lock }) => lock?.holder === this);
    this.#amqp.unsettled.clear();
    if (session) {
      this.session = undefined;
      this.#store.ownership.release(session, held);
    } else {
      for (const { lock } of held) if (lock) lock.holder = undefined;
    }
  }
}

/** A settlement that is forgotten again (fault injected). */
const undone = { state: outcome.released, stateAt: -1 };

/** The answer names the outcome without its fields: an error in it would look like a refusal to the SDK. */
function stateOf(state: number): Outcome {
  switch (state) {
    case outcome.rejected:
    case outcome.released:
    case outcome.modified:
      return state;
    default:
      return outcome.accepted;
  }
}
