import type { Broker } from '../broker.ts';
import { condition, Refusal } from '../errors.ts';
import type { Faults } from '../fault/faults.ts';
import { sendFate } from '../fault/send-fault.ts';
import { parsePayload } from '../payload.ts';
import { limits } from '../limits.ts';
import type { Destination } from '../topic.ts';
import { type Flow, outcome, type Transfer } from '../wire/frames.ts';
import type { AmqpSession, HotLink } from './amqp-session.ts';
import type { AnyLink } from './rhea-link.ts';

/** A client's sender: transfers come in, and are accepted once they are on disk (specification §5). */
export class IncomingLink implements HotLink {
  readonly localHandle: number;
  readonly #broker: Broker;
  readonly #faults: Faults;
  readonly #session: AmqpSession;
  readonly #destination: Destination;
  readonly #link: AnyLink;
  #deliveryCount = 0;
  #credit = 0;
  /** A delivery that came in several frames so far. */
  #partial: { readonly first: Transfer; readonly payloads: Buffer[]; bytes: number } | undefined;

  constructor(broker: Broker, faults: Faults, session: AmqpSession, destination: Destination, link: AnyLink, localHandle: number) {
    this.#broker = broker;
    this.#faults = faults;
    this.#session = session;
    this.#destination = destination;
    this.#link = link;
    this.localHandle = localHandle;
  }

  get entityPath(): string {
    return this.#destination.path;
  }

  /** Call once the attach is written. */
  grantCredit(): void {
    this.#credit = limits.sendCredit;
    this.#session.writeFlow(this.localHandle, this.#deliveryCount, this.#credit);
  }

  onTransfer(transfer: Transfer): void {
    if (transfer.aborted) {
      this.#partial = undefined;
      return;
    }
    if (!transfer.more && !this.#partial) {
      this.#take(transfer, transfer.payload);
      return;
    }
    this.#partial ??= { first: transfer, payloads: [], bytes: 0 };
    const partial = this.#partial;
    partial.bytes += transfer.payload.length;
    // Beyond the limit nothing is kept; the size alone gets the delivery refused at its end.
    if (partial.bytes <= limits.messageBytes) partial.payloads.push(transfer.payload);
    if (transfer.more) return;
    this.#partial = undefined;
    this.#take(partial.first, partial.bytes <= limits.messageBytes ? Buffer.concat(partial.payloads) : Buffer.alloc(partial.bytes));
  }

  #take({ deliveryId, format, settled }: Transfer, payload: Buffer): void {
    if (this.#credit <= 0) {
      this.detach(condition.transferLimitExceeded, 'The sender has no credit left.');
      return;
    }
    this.#deliveryCount = (this.#deliveryCount + 1) >>> 0;
    this.#credit -= 1;
    const session = this.#session;
    try {
      const fate = this.#faults.isAny ? sendFate(this.#faults, this.entityPath, parsePayload(payload, format)) : 'kept';
      if (fate === 'lost') {
        this.#topUp();
        return;
      }
      this.#broker.publish(this.#destination, payload, format, () => {
        session.outbox.expected();
        this.#topUp();
        if (fate === 'dropped') session.outbox.drop();
        else if (!settled && fate === 'kept') this.#faults.onSettlement(() => session.settle(true, deliveryId, deliveryId, outcome.accepted));
      });
      session.outbox.expect();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (!settled) session.reject(true, deliveryId, error);
      this.#topUp();
    }
  }

  /** Credit follows what is on disk, so that a client faster than the disk is held back. */
  #topUp(): void {
    if (this.#credit < limits.sendCredit / 2) this.grantCredit();
  }

  onFlow(flow: Flow): void {
    if (flow.echo) this.#session.writeFlow(this.localHandle, this.#deliveryCount, this.#credit);
  }

  onDisposition(): void {
    // A sender settles what it sent unsettled only after us; there is nothing left to do.
  }

  onWindow(): void {
    // Only transfers of ours wait for a window.
  }

  onClosed(): void {
    this.#partial = undefined;
  }

  detach(reason: Refusal['condition'], description: string): void {
    this.#link.close({ condition: reason, description });
  }
}
