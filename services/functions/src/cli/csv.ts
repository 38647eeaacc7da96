/** Columns of a list for a spreadsheet, in this order. */
const columns = ['topic', 'subscription', 'sequenceNumber', 'tenantId', 'storeId', 'saleId', 'messageId', 'type', 'reason', 'failedAt', 'currency', 'minor'] as const;

interface Letter {
  readonly [member: string]: unknown;
  readonly facts: { readonly reason: string; readonly lastFailedAt?: string };
  readonly enqueuedAt: string;
  readonly value?: { readonly currency: string; readonly minor: number };
}

/** Dead letters as RFC 4180 has it, one a line. Bodies are left out: strangers wrote them. */
export function csv(letters: readonly Letter[]): string {
  const rows = letters.map(({ facts, value, enqueuedAt, ...letter }) => ({ ...letter, reason: facts.reason, failedAt: facts.lastFailedAt ?? enqueuedAt, currency: value?.currency, minor: value?.minor }));
  return [columns, ...rows.map((row) => columns.map((column) => (row as Readonly<Record<string, unknown>>)[column]))].map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

/**
 * A text that a spreadsheet would take for a formula gets an apostrophe in front: ids and reasons come from outside.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
function cell(value: unknown): string {
  const text = value === undefined || value === null ? '' : String(value as string | number);
  const harmless = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
