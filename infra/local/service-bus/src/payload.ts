import { condition, Refusal } from './errors.ts';
import { BATCH_FORMAT, type Content, parseContent, unbatch } from './wire/content.ts';
import { DecodeError } from './wire/decode.ts';

/** The messages of a transfer. @throws Refusal when it cannot be read. */
export function parsePayload(payload: Buffer, format: number): Content[] {
  try {
    if (format === BATCH_FORMAT) return unbatch(payload).map(parseContent);
    if (format === 0) return [parseContent(payload)];
  } catch (error) {
    if (error instanceof DecodeError || error instanceof RangeError) throw new Refusal(condition.decodeError, `The message cannot be read: ${error.message}`);
    throw error;
  }
  throw new Refusal(condition.notImplemented, `Message format 0x${format.toString(16)} is not supported.`);
}
