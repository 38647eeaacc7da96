import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BulkheadFull, DeadlineExceeded, type Verdict } from '@checkout/resilience';
import { classify, probeDelaysMs, type Kind } from './classify.ts';

const numbered = (number: unknown, severity = 16): Error => Object.assign(new Error(`error ${String(number)}`), { number, class: severity, code: 'EREQUEST' });
const coded = (code: string, message = code): Error => Object.assign(new Error(message), { code });

const rows: readonly (readonly [Verdict, Kind, readonly unknown[]])[] = [
  ['trip', 'failover', [40613, 40197, 40540, 40143, 40166, 615, 926, 4060, 4221].map((n) => numbered(n))],
  ['trip', 'throttled', [40501, 10928, 10936, 10929, 49918, 49919, 49920].map((n) => numbered(n))],
  ['trip', 'read-only', [numbered(3906)]],
  ['trip', 'full', [40544, 9002, 1105].map((n) => numbered(n, 17))],
  ['trip', 'credentials', [...[18456, 18452, 40531, 40532, 40615].map((n) => numbered(n, 14)), coded('EFEDAUTH')]],
  ['trip', 'unreachable', ['ECONNREFUSED', 'ENOTFOUND', 'ENETUNREACH', 'EPROTO', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'EENCRYPT', 'ERR_TLS_CERT_ALTNAME_INVALID', 'ERR_SSL_WRONG_VERSION_NUMBER', 'CERT_HAS_EXPIRED'].map((c) => coded(c))],
  ['trip', 'black-hole', [coded('ETIMEOUT', 'Failed to cancel request in 500ms')]],
  ['fail', 'timeout', [coded('ETIMEOUT'), coded('ETIMEDOUT'), coded('DEADLINE'), new DeadlineExceeded(550), Object.assign(coded('ETIMEOUT'), { number: 'ETIMEOUT' })]],
  ['fail', 'timeout', [new Error('Failed to acquire a connection from the pool: operation timed out for an unknown reason'), new Error('operation timed out for an unknown reason')]],
  ['fail', 'connection-lost', ['ECONNRESET', 'ESOCKET', 'EPIPE', 'EHOSTUNREACH', 'ECLOSE', 'EINVALIDSTATE', 'ECONNCLOSED', 'EAI_AGAIN', 'ELOGIN', 'EPROTOCOL'].map((c) => coded(c))],
  ['fail', 'connection-lost', [233, 64, 20, 10053, 10054, 10060, 17142, 6005].map((n) => numbered(n))],
  ['fail', 'resources', [701, 802, 8645, 8651, 40549, 40550, 40551, 40552, 40553].map((n) => numbered(n, 17))],
  ['fail', 'severe', [numbered(823, 24), numbered(9_999, 20)]],
  ['ok', 'duplicate', [numbered(2627, 14), numbered(2601, 14)]],
  ['ok', 'constraint', [numbered(547), numbered(515)]],
  ['ok', 'data', [2628, 8152, 8115, 245, 8114, 220].map((n) => numbered(n))],
  ['ok', 'deadlock', [numbered(1205, 13)]],
  ['ok', 'snapshot', [numbered(3960)]],
  ['ok', 'lock-timeout', [numbered(1222)]],
  ['ok', 'tenant', [numbered(33504), numbered(15664)]],
  ['ok', 'permission', [numbered(229, 14), numbered(230, 14)]],
  ['ok', 'schema', [207, 208, 2812].map((n) => numbered(n))],
  ['ok', 'dirty-connection', [numbered(51000)]],
  ['ok', 'version', [numbered(51001)]],
  ['ok', 'thrown', [numbered(50000), numbered(2_147_483_647)]],
  ['ok', 'refused', [numbered(0), numbered(-1), numbered(102, 15)]],
  ['neutral', 'cancelled', [coded('ECANCEL')]],
  ['neutral', 'bulkhead', [new BulkheadFull('cart/work', 150)]],
  ['neutral', 'usage', ['EPARAM', 'EARGS', 'EINJECT', 'EREQINPROG', 'ENOTBEGUN', 'EABORT', 'ENOTOPEN'].map((c) => coded(c))],
  ['neutral', 'defect', [new TypeError('x is not a function'), undefined, null, 'text', 42, {}]],
];

const table = rows.flatMap(([verdict, kind, errors]) => errors.map((error) => [error instanceof Error ? error.message : String(error), verdict, kind, error] as const));

test('every number and code that is told apart has a row here', () => {
  const source = readFileSync(join(import.meta.dirname, 'classify.ts'), 'utf8').replaceAll(/(\d)_(\d)/g, '$1$2');
  const tables = source.slice(source.indexOf('const numbers'), source.indexOf('type Entry'));
  const known = [...(tables.match(/\b\d{2,}\b/g) ?? []), ...(tables.match(/'[A-Z][A-Z_]{3,}'/g) ?? []).map((code) => code.slice(1, -1))];
  const tested = new Set(rows.flatMap(([, , errors]) => errors.flatMap((error) => [(error as { number?: unknown })?.number, (error as { code?: unknown })?.code].map(String))));
  expect(known.length).toBeGreaterThan(80);
  expect(known.filter((each) => !tested.has(each))).toEqual([]);
});

test.each(table)('%s is %s: %s', (_, verdict, kind, error) => {
  expect(classify(error)).toMatchObject({ verdict, kind });
});

const unheardOf = 59_999 - 10_000; // Below 50,000: the server's own.

describe('a number that nobody knows', () => {
  test.each<[string, number, Verdict, Kind]>([
    ...[11, 14, 16].map((severity): [string, number, Verdict, Kind] => ['the statement’s fault', severity, 'ok', 'refused']),
    ...[17, 18, 19].map((severity): [string, number, Verdict, Kind] => ['the server’s want of something', severity, 'fail', 'resources']),
    ...[20, 24, 25].map((severity): [string, number, Verdict, Kind] => ['the end of the connection', severity, 'fail', 'severe']),
  ])('X182 is %s with severity %i', (_, severity, verdict, kind) => {
    expect(classify(numbered(unheardOf, severity))).toEqual({ verdict, kind, number: unheardOf });
  });

  test.each([0, -1, unheardOf, 2_147_483_647])('X183 is a defect of ours, and opens no breaker: %i', (number) => {
    expect(classify(numbered(number))).toMatchObject({ verdict: 'ok', number });
  });
});

describe('a wrapped error', () => {
  test('is what the server said, not what the driver calls it', () => {
    const login = Object.assign(coded('ELOGIN', 'Login failed.'), { number: 40613 });
    expect(classify(Object.assign(coded('ELOGIN'), { originalError: login }))).toEqual({ verdict: 'trip', kind: 'failover', number: 40613 });
  });

  test('is a refused connection even inside an unspecific socket error', () => {
    const refused = new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]);
    expect(classify(new Error('query failed', { cause: Object.assign(coded('ESOCKET'), { cause: refused }) }))).toMatchObject({ verdict: 'trip', kind: 'unreachable' });
  });

  test('of an aborted transaction is what aborted it', () => {
    expect(classify(Object.assign(coded('EABORT'), { originalError: numbered(2627) }))).toMatchObject({ kind: 'duplicate' });
  });

  test('is the first of several that the server sent, since the others follow from it', () => {
    expect(classify(new AggregateError([numbered(547), numbered(3903)]))).toMatchObject({ kind: 'constraint' });
  });

  test('ends the search even when it wraps itself', () => {
    const circular: Error & { cause?: unknown } = coded('ESOCKET');
    circular.cause = circular;
    expect(classify(circular)).toMatchObject({ kind: 'connection-lost' });
  });
});

test('Q14 Q16 Q18 Q36 the prober is as patient as the trouble asks, and never so patient that a database is back for long without being noticed', () => {
  expect(probeDelaysMs(coded('ECONNRESET'))).toEqual([1_000, 2_000, 4_000, 8_000]);
  expect(probeDelaysMs(numbered(40613))).toEqual([10_000]);
  expect(probeDelaysMs(numbered(40501))).toEqual([15_000]);
  expect(probeDelaysMs(numbered(18456))).toEqual([8_000]);
});
