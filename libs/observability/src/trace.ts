import { randomFillSync } from 'node:crypto';

/** W3C Trace Context, version 00: `00-<trace id>-<parent id>-<flags>`. https://www.w3.org/TR/trace-context/ */
export type Traceparent = string;

const form = /^([0-9a-f]{2})-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/;

/** One call into the random source serves hundreds of ids: asking per id would cost more than the rest of the header. */
const pool = Buffer.alloc(8 * 1024);
let used = pool.length;

function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}

/** Sampled by default: whether a trace is kept is the collector's decision. */
export const newTraceparent = (): Traceparent => `00-${randomHex(16)}-${randomHex(8)}-01`;

/**
 * The header as it may be used, or undefined when it is missing or malformed.
 * A later version is read as far as version 00 goes, as the specification asks; `ff` is never valid.
 */
export function parseTraceparent(header: unknown): Traceparent | undefined {
  if (typeof header !== 'string' || header.length < 55 || header.length > 512) return undefined;
  const match = form.exec(header);
  if (!match || match[1] === 'ff' || (match[1] === '00' && match[2] !== undefined)) return undefined;
  return `00${header.slice(2, 55)}`;
}

/** A new span in the same trace. A missing or malformed parent starts a new trace, because a bad header must never fail a sale. */
export function childOf(parent: unknown): Traceparent {
  const valid = parseTraceparent(parent);
  return valid === undefined ? newTraceparent() : `${valid.slice(0, 36)}${randomHex(8)}${valid.slice(52)}`;
}

/** The 32 hexadecimal digits that logs, problem documents and the time line share. */
export const traceIdOf = (traceparent: Traceparent): string => traceparent.slice(3, 35);

/** The 16 hexadecimal digits of the span. */
export const spanIdOf = (traceparent: Traceparent): string => traceparent.slice(36, 52);
