import type { Changes } from '../store-options.ts';
import { openCompound, readBoolean, readText, skipValue, u8 } from '../wire/decode.ts';

/**
 * What comes along with a settlement (specification §8): changed properties with abandon and defer, reason and properties with
 * dead-letter. Values stay as the client encoded them, so that their types survive.
 */

/** modified { delivery-failed, undeliverable-here, message-annotations } (AMQP 1.0 §3.4.5). */
export function annotationsOfModified(bytes: Buffer, at: number): { isUndeliverableHere: boolean; changes: Changes } {
  const { count, first } = openCompound(bytes, at);
  if (count < 2) return { isUndeliverableHere: false, changes: new Map() };
  const undeliverableAt = skipValue(bytes, first);
  const isUndeliverableHere = readBoolean(bytes, undeliverableAt, false);
  return { isUndeliverableHere, changes: count < 3 ? new Map() : changesOf(bytes, skipValue(bytes, undeliverableAt)) };
}

/** rejected { error { condition, description, info } } (AMQP 1.0 §3.4.3, §2.8.14); the info is what is wanted. */
export function infoOfRejected(bytes: Buffer, at: number): Changes {
  const state = openCompound(bytes, at);
  if (state.count < 1 || u8(bytes, state.first) !== 0x00) return new Map();
  const error = openCompound(bytes, skipValue(bytes, state.first + 1));
  if (error.count < 3) return new Map();
  return changesOf(bytes, skipValue(bytes, skipValue(bytes, error.first)));
}

const NULL = 0x40;

function changesOf(bytes: Buffer, at: number): Changes {
  const changes = new Map<string, Buffer>();
  if (u8(bytes, at) === NULL) return changes;
  const map = openCompound(bytes, at);
  for (let index = 0, next = map.first; index < map.count; index += 2) {
    const key = readText(bytes, next);
    const valueAt = skipValue(bytes, next);
    const end = skipValue(bytes, valueAt);
    // A user who gave no reason sends null, which is to change nothing.
    if (key !== undefined && u8(bytes, valueAt) !== NULL) changes.set(key, Buffer.from(bytes.subarray(valueAt, end)));
    next = end;
  }
  return changes;
}
