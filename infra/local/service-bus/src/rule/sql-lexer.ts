import { condition, Refusal } from '../errors.ts';

export type Token =
  | { readonly kind: 'name'; readonly text: string; readonly isQuoted: boolean }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number | bigint }
  | { readonly kind: 'symbol'; readonly text: string }
  | { readonly kind: 'end' };

const PATTERN = /\s*(?:(?<name>[A-Za-z_#@][A-Za-z0-9_#@$]*)|\[(?<bracketed>(?:[^\]]|\]\])+)\]|"(?<quoted>(?:[^"]|"")+)"|'(?<string>(?:[^']|'')*)'|(?<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|(?<symbol><>|!=|>=|<=|[=<>+\-*/%(),.;]))/y;

/** Tokens of a SQL filter: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-messaging-sql-filter. @throws Refusal */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  PATTERN.lastIndex = 0;
  const end = sql.trimEnd().length;
  while (PATTERN.lastIndex < end) {
    const at = PATTERN.lastIndex;
    const groups = PATTERN.exec(sql)?.groups;
    if (!groups) throw new Refusal(condition.argumentError, `The filter '${sql}' has an unexpected character at position ${at}.`);
    if (groups['name'] !== undefined) tokens.push({ kind: 'name', text: groups['name'], isQuoted: false });
    else if (groups['bracketed'] !== undefined) tokens.push({ kind: 'name', text: groups['bracketed'].replaceAll(']]', ']'), isQuoted: true });
    else if (groups['quoted'] !== undefined) tokens.push({ kind: 'name', text: groups['quoted'].replaceAll('""', '"'), isQuoted: true });
    else if (groups['string'] !== undefined) tokens.push({ kind: 'string', text: groups['string'].replaceAll("''", "'") });
    else if (groups['number'] !== undefined) tokens.push({ kind: 'number', value: numberOf(groups['number']) });
    else tokens.push({ kind: 'symbol', text: groups['symbol'] ?? '' });
  }
  tokens.push({ kind: 'end' });
  return tokens;
}

/** Integers are Int64; beyond 2^53 they stay exact as bigints. */
function numberOf(digits: string): number | bigint {
  const value = Number(digits);
  return /^\d+$/.test(digits) && !Number.isSafeInteger(value) ? BigInt(digits) : value;
}
