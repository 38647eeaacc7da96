import { isUtf8 } from 'node:buffer';
import { containsPan } from '@checkout/observability';
import { Problem } from './problem.ts';

const maxDepth = 32;
const quote = 0x22;
const backslash = 0x5c;

/** Names that reach an object's machinery when a careless copy assigns them. No contract of ours has such a field. */
const poisonous: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Parses JSON that may come from anyone.
 *
 * `JSON.parse` keeps the last of two equal members, rounds large integers and turns `1e400` into Infinity, each of which lets
 * two readers of one body see two different sales. So the text is scanned once before (depth, members, exponents) and the
 * value walked once after: fewer members in the value than in the text means that one was there twice. A reviver would cost five times as much.
 * @throws Problem json-invalid, json-too-deep, json-duplicate-key, json-number-invalid, unknown-field, pan-detected
 */
export function parseJson(text: string): unknown {
  // First, so that a card number is never part of another error.
  if (containsPan(text)) throw new Problem('pan-detected');
  const members = scan(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the input, which must not be echoed or logged.
    throw new Problem('json-invalid');
  }
  if (members !== walk(value)) throw new Problem('json-duplicate-key');
  return value;
}

/** As {@link parseJson}, from bytes. A byte order mark is allowed and skipped (RFC 8259 §8.1). */
export function parseJsonBytes(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new Problem('charset-invalid');
  const hasMark = bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return parseJson(bytes.toString('utf8', hasMark ? 3 : 0));
}

/** Counts members (the colons outside strings) and refuses what must not reach the parser. */
function scan(text: string): number {
  let depth = 0;
  let members = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case quote:
        at = endOfString(text, at);
        break;
      case 0x7b: // {
      case 0x5b: // [
        if (++depth > maxDepth) throw new Problem('json-too-deep', { detail: `At most ${maxDepth} levels.` });
        break;
      case 0x7d: // }
      case 0x5d: // ]
        depth--;
        break;
      case 0x3a: // :
        members++;
        break;
      case 0x45: // E
      case 0x65: // e, which also ends "true" and "false"
        if (isDigit(text.charCodeAt(at - 1))) throw new Problem('json-number-invalid', { detail: 'Write numbers without an exponent.' });
        break;
    }
  }
  return members;
}

/** The index of the closing quote. Searching for it natively is what keeps the scan at about a microsecond a kilobyte. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes++;
    if (slashes % 2 === 0) return end;
  }
  throw new Problem('json-invalid');
}

const isDigit = (char: number): boolean => char >= 0x30 && char <= 0x39;

/** Counts the members of a parsed value and refuses numbers that are not what was written. Its depth is bounded by the scan. */
function walk(value: unknown): number {
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER || Object.is(value, -0)) throw new Problem('json-number-invalid');
    return 0;
  }
  if (typeof value !== 'object' || value === null) return 0;
  let members = 0;
  if (Array.isArray(value)) {
    for (const item of value) members += walk(item);
    return members;
  }
  for (const [name, item] of Object.entries(value)) {
    if (poisonous.has(name)) throw new Problem('unknown-field', { errors: [{ pointer: `/${name}`, code: 'unknown-field', detail: 'This name is not allowed.' }] });
    members += 1 + walk(item);
  }
  return members;
}
