import { BulkheadFull, DeadlineExceeded, type Verdict } from '@checkout/resilience';

export type Kind =
  | 'failover' | 'throttled' | 'read-only' | 'full' | 'credentials' | 'unreachable' | 'black-hole'
  | 'timeout' | 'connection-lost' | 'resources' | 'severe'
  | 'duplicate' | 'version' | 'constraint' | 'data' | 'deadlock' | 'snapshot' | 'lock-timeout' | 'thrown'
  | 'tenant' | 'permission' | 'schema' | 'dirty-connection' | 'refused'
  | 'cancelled' | 'bulkhead' | 'usage' | 'defect';

export interface Classified {
  /** What it says about the database, for the breaker. */
  readonly verdict: Verdict;
  /** What it is, for whoever handles it. */
  readonly kind: Kind;
  /** SQL Server's number, where it was the server that spoke. */
  readonly number?: number;
}

/** Numbers that our own statements throw. */
export const thrown = { dirtyConnection: 51_000, version: 51_001 } as const;

/** https://learn.microsoft.com/azure/azure-sql/database/troubleshoot-common-errors-issues and the engine's error list. */
const numbers: readonly (readonly [Verdict, Kind, readonly number[]])[] = [
  ['trip', 'failover', [40613, 40197, 40540, 40143, 40166, 615, 926, 4060, 4221]],
  ['trip', 'throttled', [40501, 10928, 10936, 10929, 49918, 49919, 49920]],
  ['trip', 'read-only', [3906]],
  ['trip', 'full', [40544, 9002, 1105]],
  ['trip', 'credentials', [18456, 18452, 40531, 40532, 40615]],
  ['fail', 'connection-lost', [233, 64, 20, 10053, 10054, 10060, 17142, 6005]],
  ['fail', 'resources', [701, 802, 8645, 8651, 40549, 40550, 40551, 40552, 40553]],
  ['ok', 'duplicate', [2627, 2601]],
  ['ok', 'constraint', [547, 515]],
  ['ok', 'data', [2628, 8152, 8115, 245, 8114, 220]],
  ['ok', 'deadlock', [1205]],
  ['ok', 'snapshot', [3960]],
  ['ok', 'lock-timeout', [1222]],
  ['ok', 'tenant', [33504, 15664]],
  ['ok', 'permission', [229, 230]],
  ['ok', 'schema', [207, 208, 2812]],
  ['ok', 'dirty-connection', [thrown.dirtyConnection]],
  ['ok', 'version', [thrown.version]],
];

const codes: readonly (readonly [Verdict, Kind, readonly string[]])[] = [
  ['trip', 'unreachable', ['ECONNREFUSED', 'ENOTFOUND', 'ENETUNREACH', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'EPROTO', 'EENCRYPT']],
  ['trip', 'credentials', ['EFEDAUTH']],
  ['fail', 'timeout', ['ETIMEOUT', 'DEADLINE', 'ETIMEDOUT']],
  ['fail', 'connection-lost', ['ECONNRESET', 'ESOCKET', 'EPIPE', 'EHOSTUNREACH', 'ECLOSE', 'EINVALIDSTATE', 'ECONNCLOSED', 'EAI_AGAIN', 'ELOGIN', 'EPROTOCOL']],
  ['neutral', 'cancelled', ['ECANCEL']],
  ['neutral', 'usage', ['EPARAM', 'EARGS', 'EINJECT', 'EREQINPROG', 'ENOTBEGUN', 'EABORT', 'ENOTOPEN']],
];

type Entry = Omit<Classified, 'number'>;

const index = <Key>(table: readonly (readonly [Verdict, Kind, readonly Key[]])[]): ReadonlyMap<Key, Entry> =>
  new Map(table.flatMap(([verdict, kind, keys]) => keys.map((key) => [key, { verdict, kind }] as const)));

const byNumber = index(numbers);
const byCode = index(codes);

/** From this severity on the server closes the connection; from the other on it lacks something, whatever was asked of it. */
const fatalSeverity = 20;
const lackingSeverity = 17;

/**
 * What an error of the driver, the pool or the breaker means. Total: it never throws, whatever it is given.
 * The server's number decides when there is one; else the most telling code anywhere in the error, since the driver wraps a refused connection
 * in an unspecific `ESOCKET`.
 */
export function classify(error: unknown): Classified {
  const parts = unfold(error);
  for (const { number, class: severity } of parts) {
    if (typeof number !== 'number') continue; // The driver's own time-outs carry a string here.
    return { ...named(number, severity), number };
  }
  let best: Entry | undefined;
  for (const part of parts) {
    const entry = coded(part);
    if (entry && (!best || weight[entry.verdict] > weight[best.verdict])) best = entry;
  }
  return best ?? { verdict: 'neutral', kind: 'defect' };
}

const weight: Readonly<Record<Verdict, number>> = { trip: 3, fail: 2, ok: 1, neutral: 0 };

function named(number: number, severity: unknown): Entry {
  const known = byNumber.get(number);
  if (known) return known;
  if (typeof severity === 'number' && severity >= fatalSeverity) return { verdict: 'fail', kind: 'severe' };
  if (number >= 50_000) return { verdict: 'ok', kind: 'thrown' };
  return typeof severity === 'number' && severity >= lackingSeverity ? { verdict: 'fail', kind: 'resources' } : { verdict: 'ok', kind: 'refused' };
}

function coded(part: Facts): Entry | undefined {
  if (part instanceof BulkheadFull) return { verdict: 'neutral', kind: 'bulkhead' };
  if (part instanceof DeadlineExceeded) return { verdict: 'fail', kind: 'timeout' };
  // The pool is as large as the bulkhead, so a wait in it never means that it is busy: no connection could be made in time.
  // By its text: tarn's error has a class of its own, but the name and no code of any other.
  if (/^Failed to acquire a connection\b.*timed out|^operation timed out for an unknown reason/.test(String(part.message))) return { verdict: 'fail', kind: 'timeout' };
  if (String(part.message).startsWith('Failed to cancel request')) return { verdict: 'trip', kind: 'black-hole' };
  const { code } = part;
  if (typeof code !== 'string') return undefined;
  if (/^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_GET)/.test(code)) return { verdict: 'trip', kind: 'unreachable' };
  return byCode.get(code);
}

interface Facts {
  readonly number?: unknown;
  readonly class?: unknown;
  readonly code?: unknown;
  readonly name?: unknown;
  readonly message?: unknown;
}

/** The error and what it wraps, outermost first; bounded, since errors can be made to go round in circles. */
function unfold(error: unknown): Facts[] {
  const parts: Facts[] = [];
  const ahead: unknown[] = [error];
  while (ahead.length > 0 && parts.length < 20) {
    const part = ahead.shift();
    if (typeof part !== 'object' || part === null) continue;
    parts.push(part);
    const { errors, originalError, cause } = part as { errors?: unknown; originalError?: unknown; cause?: unknown };
    if (Array.isArray(errors)) ahead.push(...(errors as unknown[]).slice(0, 5));
    ahead.push(originalError, cause);
  }
  return parts;
}

/**
 * The last one repeats, and is the longest that a database can be back without being noticed: 10 s, 15 s when it throttled, a minute when it was full. Where Microsoft
 * advises up to a minute between retries it speaks of every client's every call; this is one connection of a process, and calls wait for it.
 */
const socketDelaysMs = [1_000, 2_000, 4_000, 8_000];
const delaysMs: Partial<Record<Kind, readonly number[]>> = {
  failover: [10_000], // 7–10 s with the jitter: Microsoft asks for 5 s before the first retry, and most failovers take less than a minute.
  'read-only': [10_000],
  throttled: [15_000], // 10–15 s: 40501 says so itself: "retry the request after 10 seconds".
  credentials: [8_000], // Nobody tells a process that a secret or a right is in place again. `LoginRefusals` keeps the wrong logins few.
  full: [60_000],
};

/** How patiently to probe, by what is wrong. */
export const probeDelaysMs = (error: unknown): readonly number[] => delaysMs[classify(error).kind] ?? socketDelaysMs;
