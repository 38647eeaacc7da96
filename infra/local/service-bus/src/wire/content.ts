import { randomUUID } from 'node:crypto';
import { DecodeError, openCompound, readBoolean, readText, readUnsigned, skipValue, skipWithin, u8 } from './decode.ts';
import { compound, described, symbol, text } from './encode.ts';

/** Section codes of AMQP 1.0 §3.2. */
const HEADER = 0x70;
const DELIVERY_ANNOTATIONS = 0x71;
const MESSAGE_ANNOTATIONS = 0x72;
const PROPERTIES = 0x73;
const APPLICATION_PROPERTIES = 0x74;

/** Annotations the broker writes itself; whatever a sender put there is not passed on. */
const brokerAnnotations = new Set([
  'x-opt-sequence-number', 'x-opt-enqueued-time', 'x-opt-locked-until', 'x-opt-message-state', 'x-opt-enqueue-sequence-number',
]);

/**
 * A message as its sender encoded it, with the offsets the broker needs. It is immutable:
 * everything from `bareAt` on goes to receivers verbatim, which is both the fast way and the only type-faithful one.
 */
export interface Content {
  /** The whole encoding. A view of a log slab once the message is in the log. */
  bytes: Buffer;
  /** Start of the *bare message*: properties, application-properties, body, footer (AMQP 1.0 §3.2). */
  readonly bareAt: number;
  /** The properties list, or -1. */
  readonly propertiesAt: number;
  /** The application-properties section, from its descriptor; -1 if there is none. */
  readonly applicationAt: number;
  readonly applicationEnd: number;
  readonly durable: boolean;
  /** Priority as sent, or -1. */
  readonly priority: number;
  /** TTL as sent, or -1. */
  readonly ttlMs: number;
  readonly sessionId: string | undefined;
  /** Unix milliseconds, or 0. */
  readonly scheduledAt: number;
  /** Raw key-value pairs of the sender's annotations, without those the broker writes. */
  readonly annotations: Buffer | undefined;
  /** Number of items (keys and values) in `annotations`. */
  readonly annotationItems: number;
}

/** Reads what the broker must know and nothing else (specification §5.5). @throws DecodeError when the bytes are no message. */
export function parseContent(bytes: Buffer): Content {
  let at = 0;
  let bareAt = -1;
  let propertiesAt = -1;
  let applicationAt = -1;
  let applicationEnd = -1;
  let durable = false;
  let priority = -1;
  let ttlMs = -1;
  let sessionId: string | undefined;
  let hasMessageId = false;
  let annotations: Annotations = noAnnotations;

  while (at < bytes.length) {
    const sectionAt = at;
    const code = sectionCode(bytes, at);
    const valueAt = u8(bytes, at + 1) === 0x53 ? at + 3 : skipValue(bytes, at + 1);
    if (code > APPLICATION_PROPERTIES || code < HEADER) {
      if (bareAt < 0) bareAt = sectionAt;
      break;
    }
    const end = skipWithin(bytes, valueAt, bytes.length);
    if (code === HEADER) {
      const list = openCompound(bytes, valueAt);
      let field = list.first;
      if (list.count > 0) { durable = readBoolean(bytes, field, false); field = skipValue(bytes, field); }
      if (list.count > 1) { priority = readUnsigned(bytes, field, -1); field = skipValue(bytes, field); }
      if (list.count > 2) ttlMs = readUnsigned(bytes, field, -1);
    } else if (code === MESSAGE_ANNOTATIONS) {
      annotations = readAnnotations(bytes, valueAt);
    } else if (code === PROPERTIES) {
      bareAt = sectionAt;
      propertiesAt = valueAt;
      const list = openCompound(bytes, valueAt);
      if (list.count > 0) hasMessageId = u8(bytes, list.first) !== 0x40;
      if (list.count > 10) {
        let field = list.first;
        for (let index = 0; index < 10; index += 1) field = skipWithin(bytes, field, end);
        sessionId = readText(bytes, field);
      }
    } else if (code === APPLICATION_PROPERTIES) {
      if (bareAt < 0) bareAt = sectionAt;
      applicationAt = sectionAt;
      applicationEnd = end;
    } else if (code !== DELIVERY_ANNOTATIONS) {
      throw new DecodeError(`Section 0x${code.toString(16)} is out of place.`);
    }
    at = end;
  }
  if (bareAt < 0) bareAt = bytes.length;
  // Without a message id the SDK's lock renewer throws when the message is settled, so the service gives it one.
  if (!hasMessageId) return parseContent(withMessageId(bytes, bareAt, propertiesAt));
  return {
    bytes, bareAt, propertiesAt, applicationAt, applicationEnd, durable, priority, ttlMs, sessionId,
    scheduledAt: annotations.scheduledAt, annotations: annotations.raw, annotationItems: annotations.items,
  };
}

function sectionCode(bytes: Buffer, at: number): number {
  if (u8(bytes, at) !== 0) throw new DecodeError('A message section must be a described value.');
  const code = u8(bytes, at + 1) === 0x53 ? u8(bytes, at + 2) : readUnsigned(bytes, at + 1, 0);
  if (code < HEADER || code > 0x78) throw new DecodeError(`0x${code.toString(16)} is no message section.`);
  return code;
}

interface Annotations {
  readonly scheduledAt: number;
  readonly raw: Buffer | undefined;
  readonly items: number;
}
const noAnnotations: Annotations = { scheduledAt: 0, raw: undefined, items: 0 };

function readAnnotations(bytes: Buffer, at: number): Annotations {
  const map = openCompound(bytes, at);
  if (map.count === 0) return noAnnotations;
  let scheduledAt = 0;
  const kept: Buffer[] = [];
  for (let index = 0, next = map.first; index < map.count; index += 2) {
    const key = readText(bytes, next) ?? '';
    const valueAt = skipWithin(bytes, next, map.end);
    const end = skipWithin(bytes, valueAt, map.end);
    if (key === 'x-opt-scheduled-enqueue-time' && u8(bytes, valueAt) === 0x83) scheduledAt = Number(bytes.readBigInt64BE(valueAt + 1));
    if (!brokerAnnotations.has(key)) kept.push(bytes.subarray(next, end));
    next = end;
  }
  return { scheduledAt, raw: kept.length > 0 ? Buffer.concat(kept) : undefined, items: kept.length * 2 };
}

function withMessageId(bytes: Buffer, bareAt: number, propertiesAt: number): Buffer {
  const id = text(randomUUID().replaceAll('-', ''));
  if (propertiesAt < 0) return Buffer.concat([bytes.subarray(0, bareAt), described(PROPERTIES, compound('list', [id], 1)), bytes.subarray(bareAt)]);
  const list = openCompound(bytes, propertiesAt);
  const rest = list.count > 0 ? bytes.subarray(skipValue(bytes, list.first), list.end) : Buffer.alloc(0);
  const section = described(PROPERTIES, compound('list', [id, rest], Math.max(1, list.count)));
  return Buffer.concat([bytes.subarray(0, bareAt), section, bytes.subarray(list.end)]);
}

/** The message with `changes` merged into its application-properties (specification §6). An empty value removes the property. */
export function withApplicationProperties(content: Content, changes: ReadonlyMap<string, Buffer>): Buffer {
  const { bytes, applicationAt, applicationEnd } = content;
  const items: Buffer[] = [];
  if (applicationAt >= 0) {
    const map = openCompound(bytes, u8(bytes, applicationAt + 1) === 0x53 ? applicationAt + 3 : skipValue(bytes, applicationAt + 1));
    for (let index = 0, next = map.first; index < map.count; index += 2) {
      const end = skipValue(bytes, skipValue(bytes, next));
      if (!changes.has(readText(bytes, next) ?? '')) items.push(bytes.subarray(next, end));
      next = end;
    }
  }
  for (const [key, value] of changes) if (value.length > 0) items.push(Buffer.concat([text(key), value]));
  const section = described(APPLICATION_PROPERTIES, compound('map', items, items.length * 2));
  // Without such a section the new one belongs after the properties, which always exist: a message id was given on arrival.
  const from = applicationAt >= 0 ? applicationAt : skipValue(bytes, content.propertiesAt);
  return Buffer.concat([bytes.subarray(0, from), section, bytes.subarray(applicationAt >= 0 ? applicationEnd : from)]);
}

/** Bytes of the largest application property, its name included. */
export function largestProperty({ bytes, applicationAt }: Content): number {
  if (applicationAt < 0) return 0;
  const map = openCompound(bytes, u8(bytes, applicationAt + 1) === 0x53 ? applicationAt + 3 : skipValue(bytes, applicationAt + 1));
  let largest = 0;
  for (let index = 0, next = map.first; index < map.count; index += 2) {
    const end = skipValue(bytes, skipValue(bytes, next));
    largest = Math.max(largest, end - next);
    next = end;
  }
  return largest;
}

/** The message with one field of its properties section set (AMQP 1.0 §3.2.4). */
export function withProperty({ bytes, bareAt, propertiesAt }: Content, index: number, value: Buffer): Buffer {
  const list = openCompound(bytes, propertiesAt);
  const items: Buffer[] = [];
  for (let field = 0, next = list.first; field < list.count; field += 1) {
    const end = skipValue(bytes, next);
    items.push(bytes.subarray(next, end));
    next = end;
  }
  while (items.length <= index) items.push(Buffer.of(NULL));
  items[index] = value;
  return Buffer.concat([bytes.subarray(0, bareAt), described(PROPERTIES, compound('list', items, items.length)), bytes.subarray(list.end)]);
}

const NULL = 0x40;

/** The message with one more annotation of the broker's. */
export function withAnnotation({ bytes, bareAt }: Content, name: string, value: Buffer): Buffer {
  const before: Buffer[] = [];
  const items: Buffer[] = [symbol(name), value];
  let count = 2;
  for (let at = 0; at < bareAt;) {
    const valueAt = u8(bytes, at + 1) === 0x53 ? at + 3 : skipValue(bytes, at + 1);
    const end = skipValue(bytes, valueAt);
    if (sectionCode(bytes, at) === MESSAGE_ANNOTATIONS) {
      const map = openCompound(bytes, valueAt);
      items.push(bytes.subarray(map.first, map.end));
      count += map.count;
    } else {
      before.push(bytes.subarray(at, end));
    }
    at = end;
  }
  return Buffer.concat([...before, described(MESSAGE_ANNOTATIONS, compound('map', items, count)), bytes.subarray(bareAt)]);
}

/** Message format of a batch: an envelope whose data sections are whole messages (specification §5.3). */
export const BATCH_FORMAT = 0x80013700;

/** The inner encodings of a batch; the envelope's own sections are copies of the first message's and are ignored. */
export function unbatch(payload: Buffer): Buffer[] {
  const inner: Buffer[] = [];
  let at = 0;
  while (at < payload.length) {
    const code = sectionCode(payload, at);
    const valueAt = u8(payload, at + 1) === 0x53 ? at + 3 : skipValue(payload, at + 1);
    const end = skipWithin(payload, valueAt, payload.length);
    if (code === 0x75) inner.push(payload.subarray(valueAt + (u8(payload, valueAt) === 0xa0 ? 2 : 5), end));
    at = end;
  }
  return inner;
}
