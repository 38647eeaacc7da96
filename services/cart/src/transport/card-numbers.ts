import { pointerOf, Problem, type FieldError } from '@checkout/http';
import { isLuhn } from '@checkout/observability';

/**
 * 13 to 19 digits, plain or in the groups that cards are printed in. Hexadecimal neighbours and dashes are left out, so that a UUID is never
 * taken for a card; but the B that begins the first track of a stripe is no digit.
 */
const candidate = /(?:(?<=%[Bb])|(?<![0-9a-fA-F-]))(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{5})(?![0-9a-fA-F-])/g;

/** A GTIN-13 or GTIN-14. Every tenth happens to pass Luhn, cards of 13 and 14 digits are no longer issued, and a sale must not fail over the name of an article. */
const articleNumber = /^\d{13,14}$/;

/**
 * Refuses a request that carries a card number anywhere, before anything else looks at it: what was never taken in cannot leak.
 * @throws Problem pan-detected; it says where, never what.
 */
export function refuseCardNumbers(body: unknown): void {
  const errors = findings(body, []).slice(0, 20).map((path): FieldError => ({ pointer: pointerOf(path), code: 'pan-detected', detail: 'looks like a card number' }));
  if (errors.length > 0) throw new Problem('pan-detected', { errors });
}

/** The depth of parsed JSON is bounded. */
function findings(value: unknown, path: readonly string[]): (readonly string[])[] {
  if (typeof value === 'object' && value !== null) return Object.entries(value).flatMap(([name, member]) => findings(member, [...path, name]));
  if (typeof value !== 'string' && typeof value !== 'number') return [];
  const text = String(value);
  if (text.length < 13 || (path.at(-1) === 'sku' && articleNumber.test(text))) return [];
  return [...text.matchAll(candidate)].some(([digits]) => isLuhn(digits.replace(/\D/g, ''))) ? [path] : [];
}
