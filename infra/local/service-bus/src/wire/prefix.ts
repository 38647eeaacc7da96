import type { StoredMessage } from '../stored-message.ts';
import { symbol } from './encode.ts';

/**
 * The sections the broker puts in front of the sender's bytes: header and message annotations (specification §6.1, §6.2).
 * Sequence number, times and state sit at fixed offsets of a template, so that a delivery costs one copy and a few number writes.
 */
const annotation = (name: string, code: number, width: number): Buffer => Buffer.concat([symbol(name), Buffer.of(code), Buffer.alloc(width)]);

const parts = [
  annotation('x-opt-sequence-number', 0x81, 8),
  annotation('x-opt-enqueue-sequence-number', 0x81, 8),
  annotation('x-opt-enqueued-time', 0x83, 8),
  annotation('x-opt-message-state', 0x71, 4),
  annotation('x-opt-locked-until', 0x83, 8),
];
const ends = parts.map((_, index) => parts.slice(0, index + 1).reduce((sum, part) => sum + part.length, 0));
const [sequenceEnd = 0, enqueueSequenceEnd = 0, enqueuedEnd = 0, stateEnd = 0, lockedEnd = 0] = ends;

/** described(0x70) list8 of durable, priority, ttl, first-acquirer, delivery-count; the ttl is null when there is none. */
const HEADER_BYTES = 6 + 1 + 2 + 5 + 1 + 5;
const HEADER_BYTES_WITHOUT_TTL = HEADER_BYTES - 4;
/** described(0x72) map32. */
const MAP_BYTES = 3 + 9;
const template = Buffer.concat([Buffer.of(0x00, 0x53, 0x72, 0xd1), Buffer.alloc(8), ...parts]);

const headerBytes = (message: StoredMessage): number => (hasTtl(message) ? HEADER_BYTES : HEADER_BYTES_WITHOUT_TTL);
const hasTtl = ({ ttlMs }: StoredMessage): boolean => ttlMs >= 0 && ttlMs <= 0xffff_ffff;

/** Bytes the prefix of this message needs. */
export function prefixBytes(message: StoredMessage, withLock: boolean): number {
  return headerBytes(message) + MAP_BYTES + (withLock ? lockedEnd : stateEnd) + (message.content.annotations?.length ?? 0);
}

/** Writes header and annotations at `at`. `lockedUntil` is 0 where the annotation has no place: peek, receive-and-delete. */
export function writePrefix(slab: Buffer, at: number, message: StoredMessage, lockedUntil: number): void {
  const { content } = message;
  const header = headerBytes(message);
  slab.writeUInt32BE(0x0053_70c0, at);
  slab[at + 4] = header - 5;
  slab[at + 5] = 5;
  slab[at + 6] = content.durable ? 0x41 : 0x42;
  slab[at + 7] = 0x50;
  slab[at + 8] = content.priority < 0 ? DEFAULT_PRIORITY : content.priority;
  let field = at + 9;
  if (hasTtl(message)) {
    slab[field] = 0x70;
    slab.writeUInt32BE(message.ttlMs, field + 1);
    field += 5;
  } else {
    slab[field] = 0x40;
    field += 1;
  }
  slab[field] = 0x42;
  slab[field + 1] = 0x70;
  slab.writeUInt32BE(message.deliveryCount, field + 2);

  const own = content.annotations;
  const withLock = lockedUntil > 0;
  const fixed = withLock ? lockedEnd : stateEnd;
  const map = at + header;
  template.copy(slab, map, 0, MAP_BYTES + fixed);
  slab.writeUInt32BE(fixed + 4 + (own?.length ?? 0), map + 4);
  slab.writeUInt32BE((withLock ? 10 : 8) + content.annotationItems, map + 8);
  const base = map + MAP_BYTES;
  writeLong(slab, base + sequenceEnd - 8, message.sequence);
  writeLong(slab, base + enqueueSequenceEnd - 8, message.enqueueSequence);
  writeLong(slab, base + enqueuedEnd - 8, message.enqueuedAt);
  slab.writeUInt32BE(message.state, base + stateEnd - 4);
  if (withLock) writeLong(slab, base + lockedEnd - 8, lockedUntil);
  if (own) slab.set(own, base + fixed);
}

/** AMQP 1.0 §3.2.1. */
const DEFAULT_PRIORITY = 4;

/** A non-negative integer below 2^53 as 8 bytes; BigInt would allocate. */
function writeLong(slab: Buffer, at: number, value: number): void {
  const high = Math.floor(value / 0x1_0000_0000);
  slab.writeUInt32BE(high, at);
  slab.writeUInt32BE(value - high * 0x1_0000_0000, at + 4);
}

/** A whole message as a receiver would get it, for the management operations that return messages. */
export function encodeDelivered(message: StoredMessage, lockedUntil: number): Buffer {
  const size = prefixBytes(message, lockedUntil > 0);
  const bare = message.content.bytes.subarray(message.content.bareAt);
  const bytes = Buffer.allocUnsafe(size + bare.length);
  writePrefix(bytes, 0, message, lockedUntil);
  bytes.set(bare, size);
  return bytes;
}

