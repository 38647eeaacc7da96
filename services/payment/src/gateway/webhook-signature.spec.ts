import { createHmac } from 'node:crypto';
import { minutes } from '@checkout/kernel';
import type { WebhookHeaders } from '../application/ports.ts';
import { isSecret, verify } from './webhook-signature.ts';

const secretOf = (text: string) => `whsec_${Buffer.from(text.padEnd(24, '.')).toString('base64')}`;
const [secret, next] = [secretOf('the secret of today'), secretOf('the secret of tomorrow')];
const now = Date.parse('2026-01-05T12:00:00.000Z');
const timestamp = String(now / 1_000);
const body = Buffer.from('{"type":"authorization.captured","n":1.0}');
const signed = (key: string, id = 'evt_1', at = timestamp, content = body) =>
  `v1,${createHmac('sha256', Buffer.from(key.slice('whsec_'.length), 'base64')).update(`${id}.${at}.`).update(content).digest('base64')}`;
const good: WebhookHeaders = { id: 'evt_1', timestamp, signature: signed(secret) };
const check = (headers: Partial<WebhookHeaders>, content = body, secrets = [secret]) => verify({ ...good, ...headers }, content, secrets, now);

it('is good when the provider signed these very bytes', () => {
  expect(check({})).toBe('good');
});

it.each<readonly [string, Partial<WebhookHeaders>, string | undefined]>([
  ['no id', { id: undefined }, undefined],
  ['no time', { timestamp: undefined }, undefined],
  ['no signature', { signature: undefined }, undefined],
  ['another secret', { signature: signed(next) }, undefined],
  ['the same JSON, written otherwise', {}, '{"type":"authorization.captured","n":1}'],
  ['one byte changed', {}, '{"type":"authorization.captured","n":2.0}'],
  ['an unknown version only', { signature: signed(secret).replace('v1,', 'v9,') }, undefined],
  ['base64 for addresses', { signature: `${signed(secret).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}` }, undefined],
  ['a shorter signature', { signature: signed(secret).slice(0, -6) }, undefined],
  ['a longer signature', { signature: `${signed(secret)}AAAA` }, undefined],
  ['no base64 at all', { signature: 'v1,ü' }, undefined],
  ['an id with a dot in it', { id: 'evt.1', signature: signed(secret, 'evt.1') }, undefined],
  ['an id moved into the time', { id: 'evt_1', timestamp: `${timestamp}.x` }, undefined],
  ['ten signatures before the good one', { signature: `${'v1,AAAA '.repeat(10)}${signed(secret)}` }, undefined],
])('is not good with %s', (_, headers, content) => {
  expect(check(headers, content === undefined ? body : Buffer.from(content))).toBe('signature-invalid');
});

it('OP16 is good when one of several signatures is, while a secret is replaced', () => {
  expect(check({ signature: `v1,AAAA v9,x ${signed(next)}` }, body, [secret, next])).toBe('good');
});

it('is good for nobody without a secret', () => {
  expect(check({}, body, [])).toBe('signature-invalid');
});

it.each([[minutes(5), 'good'], [-minutes(5), 'good'], [minutes(5) + 1_000, 'timestamp-stale'], [-minutes(5) - 1_000, 'timestamp-stale']] as const)('signed %i ms away from now is %s', (offMs, verdict) => {
  const at = String((now + offMs) / 1_000);
  expect(check({ timestamp: at, signature: signed(secret, 'evt_1', at) })).toBe(verdict);
});

it.each(['NaN', '', '1e9', '-1', '99999999999999999999'])('signed at %j is stale', (at) => {
  expect(check({ timestamp: at, signature: signed(secret, 'evt_1', at) })).toBe('timestamp-stale');
});

it.each([[secret, true], ['whsec_', false], ['secret', false], [`whsec_${Buffer.from('short').toString('base64')}`, false]])('%s is a secret: %s', (text, expected) => {
  expect(isSecret(text)).toBe(expected);
});
