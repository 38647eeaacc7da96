/**
 * A run of 13 to 19 digits, plain or in the groups that cards are printed in (4-4-4-4, 4-6-5).
 * Hexadecimal neighbours and dashes are excluded, so that a UUID or a trace id is never taken for a card.
 */
const run = String.raw`(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{5})(?![0-9a-fA-F-])`;
const candidate = new RegExp(String.raw`(?:(?<=%[Bb])|(?<![0-9a-fA-F-]))${run}`, 'g');
/** In JSON text four digits may belong to an escape (`\u0007`): a card number may come after one, and none begins within. */
const candidateInJson = new RegExp(String.raw`(?<!(?<!\\)(?:\\\\)*\\u)(?:(?<=\\u[0-9a-fA-F]{4}|%[Bb])|(?<![0-9a-fA-F-]))${run}`, 'g');

/** Numbers that issuers really use, from 15 digits: shorter ones are also EAN and GTIN codes, and a sale must not fail over a barcode. */
const issuer = /^(?:3[47]\d{13}|(?:4|5|6|35|2[2-7])\d+)$/;

/** Whether the digits end in the check digit of ISO/IEC 7812-1 (Luhn). */
export function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = digits.length - 1, double = false; i >= 0; i--, double = !double) {
    const digit = digits.charCodeAt(i) - 48;
    sum += double ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return sum % 10 === 0;
}

/** Whether a text carries what is almost certainly a card number: 15 to 19 digits, an issuer's prefix and a right check digit. */
export function containsPan(text: string): boolean {
  candidate.lastIndex = 0;
  for (let match = candidate.exec(text); match; match = candidate.exec(text)) {
    const digits = match[0].replace(/\D/g, '');
    if (digits.length >= 15 && issuer.test(digits) && isLuhn(digits)) {
      candidate.lastIndex = 0;
      return true;
    }
  }
  return false;
}

/**
 * Masks every Luhn number of 13 to 19 digits in a JSON line, all but its last four.
 *
 * A number is not a text, and takes no asterisks: its digits are overwritten with ones, a fraction's as well, so that the line stays JSON. Thirteen digits
 * starting with 1 are left alone: they are milliseconds since 1970, and no card of that length starts so.
 */
export function maskPans(line: string): string {
  return line.replace(candidateInJson, (found: string, ...rest: unknown[]) => {
    const digits = found.replace(/\D/g, '');
    if ((digits.length === 13 && digits.startsWith('1')) || !isLuhn(digits)) return found;
    const offset = rest[2];
    return (typeof offset === 'number' && isInString(line, offset) ? '*' : '1').repeat(digits.length - 4) + digits.slice(-4);
  });
}

/** Only asked where there are digits to mask, so from the beginning each time. */
function isInString(json: string, offset: number): boolean {
  let isInside = false;
  for (let i = 0; i < offset; i++) {
    if (json[i] === '\\') i++;
    else if (json[i] === '"') isInside = !isInside;
  }
  return isInside;
}
