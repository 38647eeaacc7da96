import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readSync } from 'node:fs';
import { limits } from '../limits.ts';
import { Encoding } from './encoding.ts';
import type { RecentEncodings } from './recent-encodings.ts';
import type { CopyRecord, LogRecord } from './records.ts';
import { readRecords } from './records.ts';
import { readGroups, SegmentFile } from './segment-file.ts';

/** What an entity held when the process ended. */
export interface RecoveredStore {
  nextSequence: number;
  rules: string | undefined;
  readonly sessionStates: Map<string, Buffer>;
  /** Message ids for duplicate detection, and when they were seen. */
  readonly seen: Map<string, number>;
  readonly messages: Map<number, RecoveredMessage>;
}

/** One object and no more for each: there may be a million. */
export interface RecoveredMessage extends Omit<CopyRecord, 'storeId' | 'deliveryCount' | 'state'> {
  readonly encoding: Encoding;
  deliveryCount: number;
  state: number;
}

export interface Recovered {
  /** By entity path. */
  readonly stores: Map<string, RecoveredStore>;
  /** Entities as they were changed at run time, as JSON. */
  readonly entities: string | undefined;
  readonly segments: SegmentFile[];
  readonly lastStoreId: number;
  readonly storeIds: Map<string, number>;
  /** Segments whose last group was cut off by the end of the process. */
  readonly tornSegments: number[];
}

/**
 * Reads the log back: where each message stands, not the messages. Of each segment everything up to the first invalid group counts; what
 * follows was never acknowledged.
 */
export function recover(directory: string, encodings: RecentEncodings): Recovered {
  mkdirSync(directory, { recursive: true });
  const numbers = readdirSync(directory)
    .map((name) => /^(\d{8})\.log$/.exec(name)?.[1])
    .filter((name) => name !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
  const paths = new Map<number, string>();
  const byId = new Map<number, RecoveredStore>();
  const segments: SegmentFile[] = [];
  const tornSegments: number[] = [];
  let entities: string | undefined;

  const storeOf = (storeId: number): RecoveredStore => {
    let store = byId.get(storeId);
    if (!store) {
      store = { nextSequence: 1, rules: undefined, sessionStates: new Map(), seen: new Map(), messages: new Map() };
      byId.set(storeId, store);
    }
    return store;
  };
  const apply = (record: LogRecord, segment: SegmentFile, groupAt: number): void => {
    switch (record.kind) {
      case 'store': {
        paths.set(record.storeId, record.path);
        const store = storeOf(record.storeId);
        store.nextSequence = Math.max(store.nextSequence, record.nextSequence);
        break;
      }
      case 'put': {
        const encoding = Encoding.standing(segment, groupAt + record.at, record.size);
        for (const { storeId, sequence, enqueueSequence, enqueuedAt, deliveryCount, state } of record.copies) {
          const store = storeOf(storeId);
          store.nextSequence = Math.max(store.nextSequence, sequence + 1);
          store.messages.set(sequence, { sequence, enqueueSequence, enqueuedAt, deliveryCount, state, encoding });
        }
        break;
      }
      case 'settle':
        storeOf(record.storeId).messages.delete(record.sequence);
        break;
      case 'count': {
        const message = storeOf(record.storeId).messages.get(record.sequence);
        if (!message) break;
        message.deliveryCount = record.deliveryCount;
        message.state = record.state;
        break;
      }
      case 'session-state':
        if (record.state) storeOf(record.storeId).sessionStates.set(record.sessionId, record.state);
        else storeOf(record.storeId).sessionStates.delete(record.sessionId);
        break;
      case 'rules':
        storeOf(record.storeId).rules = record.json;
        break;
      case 'seen':
        storeOf(record.storeId).seen.set(record.id, record.at);
        break;
      case 'entities':
        entities = record.json;
        break;
      case 'reset':
        for (const store of byId.values()) {
          store.seen.clear();
          store.messages.clear();
          store.sessionStates.clear();
        }
        break;
    }
  };

  let buffer: Buffer = Buffer.alloc(0);
  for (const number of numbers) {
    const segment = new SegmentFile(directory, number, encodings);
    buffer = readWhole(segment.path, buffer);
    const { groups, size, isTorn } = readGroups(number, buffer);
    segment.size = size;
    segment.durableBytes = size;
    segments.push(segment);
    if (isTorn) tornSegments.push(number);
    for (const { at, records } of groups) for (const record of readRecords(records)) apply(record, segment, at);
  }

  const stores = new Map<string, RecoveredStore>();
  const storeIds = new Map<string, number>();
  let lastStoreId = 0;
  for (const [id, path] of paths) {
    lastStoreId = Math.max(lastStoreId, id);
    storeIds.set(path, id);
    stores.set(path, storeOf(id));
  }
  return { stores, entities, segments, lastStoreId, storeIds, tornSegments };
}

/** The messages that were written to this segment, whether they still live or not: where their bytes stand, and for which entities. */
export function* messagesWrittenTo({ number, path }: SegmentFile): Generator<{ readonly at: number; readonly copies: readonly CopyRecord[] }> {
  for (const { at, records } of readGroups(number, readWhole(path)).groups) {
    for (const record of readRecords(records)) if (record.kind === 'put') yield { at: at + record.at, copies: record.copies };
  }
}

/** Into the same memory for every segment, where that is enough. */
function readWhole(path: string, into: Buffer = Buffer.alloc(0)): Buffer {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const whole = into.buffer.byteLength >= size ? Buffer.from(into.buffer, 0, size) : Buffer.allocUnsafeSlow(Math.max(size, limits.segmentBytes + limits.slabBytes));
    let at = 0;
    for (let read = -1; read !== 0 && at < size; at += read) read = readSync(fd, whole, at, size - at, at);
    return whole.subarray(0, at);
  } finally {
    closeSync(fd);
  }
}

/** In sequence order; each is forgotten as it is taken, so that a backlog is not in memory twice. */
export function* takeInOrder(messages: Map<number, RecoveredMessage>): Generator<RecoveredMessage> {
  for (const sequence of Float64Array.from(messages.keys()).sort()) {
    const message = messages.get(sequence);
    messages.delete(sequence);
    if (message) yield message;
  }
}
