import type { Value } from './dead-letter.ts';

/** The names under which contracts carry the money that a message is about, the most telling first. */
const amounts = ['totalMinor', 'amountMinor', 'grossMinor'] as const;

/** How much money a body speaks of, wherever the contract keeps it; nothing when it speaks of none, or is no JSON object. */
export function moneyIn(body: unknown): Value | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const record = body as Readonly<Record<string, unknown>>;
  const currency = currencyOf(record);
  if (currency === undefined) return undefined;
  const named = amounts.map((name) => record[name]).find((value): value is number => Number.isSafeInteger(value));
  const minor = named ?? sumOf(record['tenders'], 'amountMinor') ?? sumOf(record['lines'], 'grossMinor');
  return minor === undefined ? undefined : { currency, minor };
}

function currencyOf(record: Readonly<Record<string, unknown>>): string | undefined {
  const { currency } = record;
  return typeof currency === 'string' && /^[A-Z]{3}$/.test(currency) ? currency : undefined;
}

function sumOf(list: unknown, name: string): number | undefined {
  if (!Array.isArray(list)) return undefined;
  const values = list.map((each: unknown) => (each as Readonly<Record<string, unknown>> | null)?.[name]).filter((value): value is number => Number.isSafeInteger(value));
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}

/** Members whose values are payment credentials, wherever they stand in a body. */
const secrets: ReadonlySet<string> = new Set(['token', 'cardtoken', 'paymenttoken', 'tendertoken']);

const withoutSecrets = (key: string, value: unknown): unknown => (secrets.has(key.toLowerCase().replaceAll(/[-_]/g, '')) ? '***' : value);

/** The body with card tokens replaced, for people to look at. */
export const masked = (body: unknown): unknown => JSON.parse(JSON.stringify(body ?? null, withoutSecrets)) as unknown;

/** The body as text for the index: card tokens replaced, and cut where it is longer than an index needs. */
export function maskedText(body: unknown, maxCharacters = 4_000): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body, withoutSecrets);
  return (text ?? '').slice(0, maxCharacters);
}
