import { DecodeError, openCompound, readBoolean, readUnsigned, skipValue, u8 } from './decode.ts';
import { compound, described, symbol, text } from './encode.ts';
import type { Outbox } from './outbox.ts';

/** Performatives the hot path reads and writes itself (AMQP 1.0 §2.7). */
export const performative = { flow: 0x13, transfer: 0x14, disposition: 0x15 } as const;

/** Delivery states without fields (AMQP 1.0 §3.4). */
export const outcome = { accepted: 0x24, rejected: 0x25, released: 0x26, modified: 0x27 } as const;
export type Outcome = (typeof outcome)[keyof typeof outcome];

/** The descriptor code of the frame whose body starts at `at`, or 0 when it is not one of the hot three in their usual form. */
export function performativeCode(bytes: Buffer, at: number): number {
  if (bytes[at] !== 0x00 || bytes[at + 1] !== 0x53) return 0;
  return bytes[at + 2] ?? 0;
}

export interface Transfer {
  readonly handle: number;
  /** Absent on continuation frames. */
  readonly deliveryId: number;
  readonly format: number;
  readonly settled: boolean;
  readonly more: boolean;
  readonly aborted: boolean;
  readonly payload: Buffer;
}

export function readTransfer(bytes: Buffer, at: number, end: number): Transfer {
  const list = openCompound(bytes, at + 3);
  const { count } = list;
  let next = list.first;
  const handle = readUnsigned(bytes, next, 0);
  next = skipValue(bytes, next);
  let deliveryId = -1;
  let format = 0;
  let settled = false;
  let more = false;
  let aborted = false;
  if (count > 1) { deliveryId = readUnsigned(bytes, next, -1); next = skipValue(bytes, next); }
  if (count > 2) next = skipValue(bytes, next);
  if (count > 3) { format = readUnsigned(bytes, next, 0); next = skipValue(bytes, next); }
  if (count > 4) { settled = readBoolean(bytes, next, false); next = skipValue(bytes, next); }
  if (count > 5) { more = readBoolean(bytes, next, false); next = skipValue(bytes, next); }
  for (let index = 6; index < Math.min(count, 9); index += 1) next = skipValue(bytes, next);
  if (count > 9) aborted = readBoolean(bytes, next, false);
  return { handle, deliveryId, format, settled, more, aborted, payload: bytes.subarray(list.end, end) };
}

export interface Disposition {
  /** True when the peer speaks as the receiver of what we sent. */
  readonly isReceiver: boolean;
  readonly first: number;
  readonly last: number;
  readonly settled: boolean;
  /** Outcome code, or 0 when there is no state. */
  readonly state: number;
  /** Where the state's list starts, for outcomes that carry something. */
  readonly stateAt: number;
}

export function readDisposition(bytes: Buffer, at: number): Disposition {
  const list = openCompound(bytes, at + 3);
  let next = list.first;
  const isReceiver = readBoolean(bytes, next, false);
  next = skipValue(bytes, next);
  const first = readUnsigned(bytes, next, 0);
  next = skipValue(bytes, next);
  let last = first;
  let settled = false;
  let state = 0;
  let stateAt = -1;
  if (list.count > 2) { last = readUnsigned(bytes, next, first); next = skipValue(bytes, next); }
  if (list.count > 3) { settled = readBoolean(bytes, next, false); next = skipValue(bytes, next); }
  if (list.count > 4 && u8(bytes, next) === 0x00) {
    state = readUnsigned(bytes, next + 1, 0);
    stateAt = skipValue(bytes, next + 1);
  }
  return { isReceiver, first, last, settled, state, stateAt };
}

export interface Flow {
  readonly nextIncomingId: number;
  readonly incomingWindow: number;
  /** -1 for a flow about the AMQP session only. */
  readonly handle: number;
  readonly deliveryCount: number;
  readonly linkCredit: number;
  readonly drain: boolean;
  readonly echo: boolean;
}

export function readFlow(bytes: Buffer, at: number): Flow {
  const list = openCompound(bytes, at + 3);
  let next = list.first;
  let index = 0;
  const field = (fallback: number): number => {
    if (index >= list.count) return fallback;
    const value = readUnsigned(bytes, next, fallback);
    next = skipValue(bytes, next);
    index += 1;
    return value;
  };
  const flag = (): boolean => {
    if (index >= list.count) return false;
    const value = readBoolean(bytes, next, false);
    next = skipValue(bytes, next);
    index += 1;
    return value;
  };
  const nextIncomingId = field(0);
  const incomingWindow = field(0);
  field(0);
  field(0);
  const handle = field(-1);
  const deliveryCount = field(0);
  const linkCredit = field(0);
  field(0);
  return { nextIncomingId, incomingWindow, handle, deliveryCount, linkCredit, drain: flag(), echo: flag() };
}

/** Bytes of a transfer frame in front of its payload, as `writeTransfer` lays it out. */
export const TRANSFER_BYTES = 44;

/** Writes frame header and transfer performative (AMQP 1.0 §2.7.5) at `at`; the caller fills the tag at `at + TRANSFER_TAG_AT`. */
export function writeTransfer(slab: Buffer, at: number, size: number, channel: number, handle: number, deliveryId: number, settled: boolean): void {
  slab.writeUInt32BE(size, at);
  slab.writeUInt32BE(0x0200_0000 + channel, at + 4);
  slab.writeUInt32BE(0x0053_14c0, at + 8);
  slab[at + 12] = 31;
  slab[at + 13] = 5;
  slab[at + 14] = 0x70;
  slab.writeUInt32BE(handle, at + 15);
  slab[at + 19] = 0x70;
  slab.writeUInt32BE(deliveryId, at + 20);
  slab[at + 24] = 0xa0;
  slab[at + 25] = 16;
  slab[at + 42] = 0x43;
  slab[at + 43] = settled ? 0x41 : 0x42;
}

export const TRANSFER_TAG_AT = 26;

/** A settling disposition for `first..last` with an outcome that has no fields (AMQP 1.0 §2.7.6). */
export function writeDisposition(outbox: Outbox, channel: number, asReceiver: boolean, first: number, last: number, state: Outcome): void {
  const at = outbox.reserve(30);
  const { slab } = outbox;
  slab.writeUInt32BE(30, at);
  slab.writeUInt32BE(0x0200_0000 + channel, at + 4);
  slab.writeUInt32BE(0x0053_15c0, at + 8);
  slab[at + 12] = 17;
  slab[at + 13] = 5;
  slab[at + 14] = asReceiver ? 0x41 : 0x42;
  slab[at + 15] = 0x70;
  slab.writeUInt32BE(first, at + 16);
  slab[at + 20] = 0x70;
  slab.writeUInt32BE(last, at + 21);
  slab[at + 25] = 0x41;
  slab[at + 26] = 0x00;
  slab[at + 27] = 0x53;
  slab[at + 28] = state;
  slab[at + 29] = 0x45;
}

/** A settling rejection with an error. Never part of a range: its text belongs to one delivery. */
export function writeRejection(outbox: Outbox, channel: number, asReceiver: boolean, deliveryId: number, condition: string, description: string): void {
  const error = described(0x1d, compound('list', [symbol(condition), text(description)], 2));
  const state = described(outcome.rejected, compound('list', [error], 1));
  outbox.append(frame(channel, performative.disposition, [
    Buffer.of(asReceiver ? 0x41 : 0x42), uint(deliveryId), uint(deliveryId), Buffer.of(0x41), state,
  ]));
}

export interface OutgoingFlow {
  readonly nextIncomingId: number;
  readonly incomingWindow: number;
  readonly nextOutgoingId: number;
  readonly handle: number;
  readonly deliveryCount: number;
  readonly linkCredit: number;
  readonly drain: boolean;
}

/** A link flow (AMQP 1.0 §2.7.4); the outgoing window is unlimited, since transfers are only made when they can be sent. */
export function writeFlow(outbox: Outbox, channel: number, flow: OutgoingFlow): void {
  outbox.append(frame(channel, performative.flow, [
    uint(flow.nextIncomingId), uint(flow.incomingWindow), uint(flow.nextOutgoingId), uint(0x7fff_ffff),
    uint(flow.handle), uint(flow.deliveryCount), uint(flow.linkCredit), Buffer.of(0x40), Buffer.of(flow.drain ? 0x41 : 0x42),
  ]));
}

function frame(channel: number, code: number, fields: readonly Buffer[]): Buffer {
  const body = described(code, compound('list', fields, fields.length));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8, 0);
  head.writeUInt32BE(0x0200_0000 + channel, 4);
  return Buffer.concat([head, body]);
}

function uint(value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt8(0x70, 0);
  bytes.writeUInt32BE(value >>> 0, 1);
  return bytes;
}

/** What an error state carries beside its condition, used by dead-lettering: rejected{error{condition, description, info}}. */
export function assertList(bytes: Buffer, at: number): void {
  if (at < 0) throw new DecodeError('The delivery state has no value.');
  openCompound(bytes, at);
}
