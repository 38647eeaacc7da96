import { createHmac, timingSafeEqual } from 'node:crypto';
import { minutes, seconds } from '@checkout/kernel';
import type { WebhookHeaders, WebhookVerdict } from '../application/ports.ts';

/** How far a sender's clock may be off, either way; an older signature may be somebody's recording. */
const tolerance = minutes(5);
/** More than a rotation of secrets ever needs. */
const mostSignatures = 10;

/**
 * Whether a webhook is what the provider signed: its id, its time and its body, byte for byte. One good signature among several is enough, because a secret is
 * replaced by signing with both for a while. An id is never taken apart by dots, so one with a dot in it means nothing else.
 */
export function verify({ id, timestamp, signature }: WebhookHeaders, body: Buffer, secrets: readonly string[], now: number): WebhookVerdict {
  if (!id || !/^[\x21-\x7e]{1,80}$/.test(id) || id.includes('.') || !signature || timestamp === undefined) return 'signature-invalid';
  const offered = signature.split(' ', mostSignatures).flatMap((each) => (each.startsWith('v1,') ? [Buffer.from(each.slice('v1,'.length))] : []));
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const expected = secrets.map((secret) => Buffer.from(createHmac('sha256', keyOf(secret)).update(signed).digest('base64')));
  const isGood = offered.some((mine) => expected.some((theirs) => mine.length === theirs.length && timingSafeEqual(mine, theirs)));
  if (!isGood) return 'signature-invalid';
  // Only now: whoever cannot sign learns nothing from the clock.
  const isWhole = /^\d{1,12}$/.test(timestamp);
  return isWhole && Math.abs(now - seconds(Number(timestamp))) <= tolerance ? 'good' : 'timestamp-stale';
}

/** A secret as it is written down: `whsec_` and 24 to 64 bytes in base64. */
export const isSecret = (text: string): boolean => /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/.test(text);

const keyOf = (secret: string): Buffer => Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
