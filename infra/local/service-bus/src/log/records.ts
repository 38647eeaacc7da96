import { DecodeError } from '../wire/decode.ts';

/** What the log holds. A group of records is written and recovered as one: all of it or nothing. */
export type LogRecord =
  | { readonly kind: 'store'; readonly storeId: number; readonly nextSequence: number; readonly path: string }
  | { readonly kind: 'put'; readonly copies: readonly CopyRecord[]; readonly at: number; readonly size: number }
  | { readonly kind: 'settle'; readonly storeId: number; readonly sequence: number }
  | { readonly kind: 'count'; readonly storeId: number; readonly sequence: number; readonly deliveryCount: number; readonly state: number }
  | { readonly kind: 'session-state'; readonly storeId: number; readonly sessionId: string; readonly state: Buffer | undefined }
  | { readonly kind: 'rules'; readonly storeId: number; readonly json: string }
  | { readonly kind: 'seen'; readonly storeId: number; readonly at: number; readonly id: string }
  | { readonly kind: 'entities'; readonly json: string }
  | { readonly kind: 'reset' };

/** Where a message is, and all of its state that is not in its bytes. */
export interface CopyRecord {
  readonly storeId: number;
  readonly sequence: number;
  readonly enqueueSequence: number;
  readonly enqueuedAt: number;
  readonly deliveryCount: number;
  readonly state: number;
}

/** Where records are written: room is reserved, then filled. */
export interface RecordSink {
  readonly slab: Buffer;
  reserve(size: number): number;
}

const kinds = { store: 1, put: 2, settle: 3, count: 4, sessionState: 5, rules: 6, reset: 7, seen: 8, entities: 9 } as const;
const COPY_BYTES = 33;

/** @returns the message bytes as they now stand in the log's slab, which is where memory keeps them too. */
export function writePut(sink: RecordSink, copies: readonly CopyRecord[], bytes: Buffer): Buffer {
  const at = sink.reserve(7 + copies.length * COPY_BYTES + bytes.length);
  const { slab } = sink;
  slab[at] = kinds.put;
  slab.writeUInt16BE(copies.length, at + 1);
  slab.writeUInt32BE(bytes.length, at + 3);
  let next = at + 7;
  for (const copy of copies) {
    slab.writeUInt32BE(copy.storeId, next);
    slab.writeDoubleBE(copy.sequence, next + 4);
    slab.writeDoubleBE(copy.enqueueSequence, next + 12);
    slab.writeDoubleBE(copy.enqueuedAt, next + 20);
    slab.writeUInt32BE(copy.deliveryCount, next + 28);
    slab[next + 32] = copy.state;
    next += COPY_BYTES;
  }
  slab.set(bytes, next);
  return slab.subarray(next, next + bytes.length);
}

export function writeSettle(sink: RecordSink, storeId: number, sequence: number): void {
  const at = sink.reserve(13);
  sink.slab[at] = kinds.settle;
  sink.slab.writeUInt32BE(storeId, at + 1);
  sink.slab.writeDoubleBE(sequence, at + 5);
}

export function writeCount(sink: RecordSink, storeId: number, sequence: number, deliveryCount: number, state: number): void {
  const at = sink.reserve(18);
  sink.slab[at] = kinds.count;
  sink.slab.writeUInt32BE(storeId, at + 1);
  sink.slab.writeDoubleBE(sequence, at + 5);
  sink.slab.writeUInt32BE(deliveryCount, at + 13);
  sink.slab[at + 17] = state;
}

export function writeStore(sink: RecordSink, storeId: number, nextSequence: number, path: string): void {
  const name = Buffer.from(path, 'utf8');
  const at = sink.reserve(15 + name.length);
  sink.slab[at] = kinds.store;
  sink.slab.writeUInt32BE(storeId, at + 1);
  sink.slab.writeDoubleBE(nextSequence, at + 5);
  sink.slab.writeUInt16BE(name.length, at + 13);
  sink.slab.set(name, at + 15);
}

const NO_STATE = 0xffff_ffff;

export function writeSessionState(sink: RecordSink, storeId: number, sessionId: string, state: Buffer | undefined): void {
  const name = Buffer.from(sessionId, 'utf8');
  const at = sink.reserve(11 + name.length + (state?.length ?? 0));
  const { slab } = sink;
  slab[at] = kinds.sessionState;
  slab.writeUInt32BE(storeId, at + 1);
  slab.writeUInt16BE(name.length, at + 5);
  slab.writeUInt32BE(state?.length ?? NO_STATE, at + 7);
  slab.set(name, at + 11);
  if (state) slab.set(state, at + 11 + name.length);
}

export function writeRules(sink: RecordSink, storeId: number, json: string): void {
  const bytes = Buffer.from(json, 'utf8');
  const at = sink.reserve(9 + bytes.length);
  sink.slab[at] = kinds.rules;
  sink.slab.writeUInt32BE(storeId, at + 1);
  sink.slab.writeUInt32BE(bytes.length, at + 5);
  sink.slab.set(bytes, at + 9);
}

export function writeSeen(sink: RecordSink, storeId: number, messageId: string, seenAt: number): void {
  const name = Buffer.from(messageId, 'utf8');
  const at = sink.reserve(15 + name.length);
  sink.slab[at] = kinds.seen;
  sink.slab.writeUInt32BE(storeId, at + 1);
  sink.slab.writeDoubleBE(seenAt, at + 5);
  sink.slab.writeUInt16BE(name.length, at + 13);
  sink.slab.set(name, at + 15);
}

export function writeEntities(sink: RecordSink, json: string): void {
  const bytes = Buffer.from(json, 'utf8');
  const at = sink.reserve(5 + bytes.length);
  sink.slab[at] = kinds.entities;
  sink.slab.writeUInt32BE(bytes.length, at + 1);
  sink.slab.set(bytes, at + 5);
}

export function writeReset(sink: RecordSink): void {
  const at = sink.reserve(1);
  sink.slab[at] = kinds.reset;
}

/** All records of one group. Of a message it tells where in the group its bytes are. */
export function* readRecords(bytes: Buffer): Generator<LogRecord> {
  let at = 0;
  while (at < bytes.length) {
    const kind = bytes.readUInt8(at);
    switch (kind) {
      case kinds.put: {
        const count = bytes.readUInt16BE(at + 1);
        const size = bytes.readUInt32BE(at + 3);
        const copies: CopyRecord[] = [];
        let next = at + 7;
        for (let index = 0; index < count; index += 1, next += COPY_BYTES) {
          copies.push({
            storeId: bytes.readUInt32BE(next),
            sequence: bytes.readDoubleBE(next + 4),
            enqueueSequence: bytes.readDoubleBE(next + 12),
            enqueuedAt: bytes.readDoubleBE(next + 20),
            deliveryCount: bytes.readUInt32BE(next + 28),
            state: bytes.readUInt8(next + 32),
          });
        }
        yield { kind: 'put', copies, at: next, size };
        at = next + size;
        break;
      }
      case kinds.settle:
        yield { kind: 'settle', storeId: bytes.readUInt32BE(at + 1), sequence: bytes.readDoubleBE(at + 5) };
        at += 13;
        break;
      case kinds.count:
        yield {
          kind: 'count', storeId: bytes.readUInt32BE(at + 1), sequence: bytes.readDoubleBE(at + 5),
          deliveryCount: bytes.readUInt32BE(at + 13), state: bytes.readUInt8(at + 17),
        };
        at += 18;
        break;
      case kinds.store: {
        const size = bytes.readUInt16BE(at + 13);
        yield {
          kind: 'store', storeId: bytes.readUInt32BE(at + 1), nextSequence: bytes.readDoubleBE(at + 5),
          path: bytes.toString('utf8', at + 15, at + 15 + size),
        };
        at += 15 + size;
        break;
      }
      case kinds.sessionState: {
        const nameEnd = at + 11 + bytes.readUInt16BE(at + 5);
        const size = bytes.readUInt32BE(at + 7);
        const end = nameEnd + (size === NO_STATE ? 0 : size);
        yield {
          kind: 'session-state', storeId: bytes.readUInt32BE(at + 1), sessionId: bytes.toString('utf8', at + 11, nameEnd),
          state: size === NO_STATE ? undefined : Buffer.from(bytes.subarray(nameEnd, end)),
        };
        at = end;
        break;
      }
      case kinds.rules: {
        const end = at + 9 + bytes.readUInt32BE(at + 5);
        yield { kind: 'rules', storeId: bytes.readUInt32BE(at + 1), json: bytes.toString('utf8', at + 9, end) };
        at = end;
        break;
      }
      case kinds.seen: {
        const end = at + 15 + bytes.readUInt16BE(at + 13);
        yield { kind: 'seen', storeId: bytes.readUInt32BE(at + 1), at: bytes.readDoubleBE(at + 5), id: bytes.toString('utf8', at + 15, end) };
        at = end;
        break;
      }
      case kinds.entities: {
        const end = at + 5 + bytes.readUInt32BE(at + 1);
        yield { kind: 'entities', json: bytes.toString('utf8', at + 5, end) };
        at = end;
        break;
      }
      case kinds.reset:
        yield { kind: 'reset' };
        at += 1;
        break;
      default:
        throw new DecodeError(`The log holds a record of unknown kind ${kind}; it was written by another version.`);
    }
  }
}
