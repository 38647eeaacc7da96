import type { Refusal } from '../errors.ts';
import { limits } from '../limits.ts';
import type { StoredMessage } from '../stored-message.ts';
import { DecodeError } from '../wire/decode.ts';
import { type Disposition, type Flow, type Outcome, type Transfer, writeDisposition, writeFlow, writeRejection } from '../wire/frames.ts';
import type { Outbox } from '../wire/outbox.ts';

/** A link of the hot path: what rhea has attached and we carry on. */
export interface HotLink {
  readonly localHandle: number;
  onTransfer(transfer: Transfer): void;
  onFlow(flow: Flow): void;
  onDisposition(disposition: Disposition, bytes: Buffer): void;
  /** The AMQP session's window opened again. */
  onWindow(): void;
  /** The link is gone, from whichever side. */
  onClosed(): void;
  /** Ends the link from our side. */
  detach(condition: Refusal['condition'], description: string): void;
  readonly entityPath: string;
}

/** Equal outcomes of neighbouring deliveries, to be told in one frame. */
interface Range {
  first: number;
  last: number;
  state: Outcome;
}

/**
 * One AMQP session (AMQP 1.0 §2.5), which for this SDK means one link: its transfer windows, its delivery ids, and the dispositions
 * that are due. rhea began it and will end it; transfers, flows and dispositions on it are ours.
 */
export class AmqpSession {
  readonly outbox: Outbox;
  readonly channel: number;
  readonly links = new Map<number, HotLink>();
  /** Deliveries of ours that the client has not settled. */
  readonly unsettled = new Map<number, StoredMessage>();
  readonly #ranges = new Map<boolean, Range>();
  readonly #onRange: (session: AmqpSession) => void;
  #nextIncomingId: number;
  #nextOutgoingId = 0;
  #nextDeliveryId = 0;
  #remoteWindow: number;
  isClosed = false;

  constructor(outbox: Outbox, channel: number, begin: { readonly incoming_window: number; readonly next_outgoing_id: number }, onRange: (session: AmqpSession) => void) {
    this.outbox = outbox;
    this.channel = channel;
    this.#nextIncomingId = begin.next_outgoing_id;
    this.#remoteWindow = begin.incoming_window;
    this.#onRange = onRange;
  }

  /** Transfers the client's window still admits; it keeps 2048 deliveries at most and fails hard beyond that. */
  get window(): number {
    return Math.min(this.#remoteWindow, WINDOW_LIMIT - this.unsettled.size);
  }

  /** Counts a transfer of ours. @returns its delivery id. */
  nextDelivery(): number {
    this.#nextOutgoingId = (this.#nextOutgoingId + 1) >>> 0;
    this.#remoteWindow -= 1;
    const id = this.#nextDeliveryId;
    this.#nextDeliveryId = (id + 1) >>> 0;
    return id;
  }

  onTransfer(transfer: Transfer): void {
    this.#nextIncomingId = (this.#nextIncomingId + 1) >>> 0;
    this.links.get(transfer.handle)?.onTransfer(transfer);
  }

  onFlow(flow: Flow): void {
    const wasShut = this.window <= 0;
    this.#remoteWindow = (flow.nextIncomingId + flow.incomingWindow - this.#nextOutgoingId) | 0;
    if (flow.handle >= 0) this.links.get(flow.handle)?.onFlow(flow);
    if (wasShut) for (const link of this.links.values()) link.onWindow();
  }

  onDisposition(disposition: Disposition, bytes: Buffer): void {
    if (!disposition.isReceiver) return;
    const count = disposition.last - disposition.first;
    if (count < 0 || count > WINDOW_LIMIT) throw new DecodeError(`A disposition of ${count + 1} deliveries cannot be: ${WINDOW_LIMIT} at most are under way.`);
    const wasShut = this.window <= 0;
    for (const link of this.links.values()) link.onDisposition(disposition, bytes);
    if (wasShut) for (const link of this.links.values()) link.onWindow();
  }

  /** Settles deliveries, as their receiver or their sender. Written at the end of the tick, merged with equal neighbours. */
  settle(asReceiver: boolean, first: number, last: number, state: Outcome): void {
    if (this.isClosed) return;
    const range = this.#ranges.get(asReceiver);
    if (range?.state === state && range.last + 1 === first) {
      range.last = last;
      return;
    }
    if (range) this.#writeRange(asReceiver, range);
    else this.#onRange(this);
    this.#ranges.set(asReceiver, { first, last, state });
    this.outbox.schedule();
  }

  /** Settles one delivery as refused. */
  reject(asReceiver: boolean, deliveryId: number, { condition, message }: Refusal): void {
    if (this.isClosed) return;
    writeRejection(this.outbox, this.channel, asReceiver, deliveryId, condition, message);
  }

  flushRanges(): void {
    for (const [asReceiver, range] of this.#ranges) this.#writeRange(asReceiver, range);
    this.#ranges.clear();
  }

  #writeRange(asReceiver: boolean, { first, last, state }: Range): void {
    if (!this.isClosed) writeDisposition(this.outbox, this.channel, asReceiver, first, last, state);
  }

  writeFlow(handle: number, deliveryCount: number, linkCredit: number, drain = false): void {
    if (this.isClosed) return;
    writeFlow(this.outbox, this.channel, {
      nextIncomingId: this.#nextIncomingId, incomingWindow: limits.incomingWindow, nextOutgoingId: this.#nextOutgoingId,
      handle, deliveryCount, linkCredit, drain,
    });
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    for (const link of this.links.values()) link.onClosed();
    this.links.clear();
  }
}

/** rhea's ring in the client holds 2048 deliveries (specification §1.3). */
const WINDOW_LIMIT = 2048;
