import type { Envelope, Message } from '@checkout/contracts';
import { receipt, type http } from '@checkout/contracts';
import { nameBasedUuid, refundIdOf, saleTotals, type CommandId, type SaleId, type ShiftId, type Sku, type StoreId, type TenantId, type TillId } from '@checkout/kernel';
import type { Decision } from '@checkout/messaging';
import type { Change, ReceiptEvent, ReceiptHandler } from './application/ports.ts';
import type { RefundBooks, RefundChange, RefundEvent, RefundHandler } from './application/refund-ports.ts';
import type { RefundRequest } from './domain/refund-request.ts';
import type { Receipts } from './domain/receipts.ts';

/** The shop of the specs. */
export const tenantId = 'acme' as TenantId;
export const storeId = 'LEEDS-01' as StoreId;
export const saleOf = (name: string): SaleId => nameBasedUuid(name) as SaleId;
export const issuedAtMs = Date.parse('2026-01-05T10:00:01.000Z');

type Body = receipt.IssueReceipt['body'];

export const aLine = (overrides: Partial<Body['lines'][number]> = {}): Body['lines'][number] => ({
  sku: 'TEA-80' as Sku,
  description: 'Tea, 80 bags',
  quantity: 2,
  unitPriceMinor: 299,
  taxRateBp: 2000,
  ...overrides,
});

/** The command for a paid sale: by card unless said otherwise. */
export function paid(sale: string, overrides: Partial<Body> = {}): receipt.IssueReceipt {
  const { lines = [aLine()], taxMode = 'inclusive' } = overrides;
  const totalMinor = overrides.totalMinor ?? saleTotals(lines, taxMode).grossMinor;
  return receipt.IssueReceipt({
    tenantId,
    storeId,
    saleId: saleOf(sale),
    commandId: '0190a5c2-0000-7000-8000-000000000001' as CommandId,
    tillId: 'LEEDS-01-T1' as TillId,
    currency: 'GBP',
    taxMode,
    lines,
    tenders: [{ type: 'card', amountMinor: totalMinor, tenderedMinor: totalMinor }],
    totalMinor,
    requestedAt: '2026-01-05T10:00:00.000Z',
    ...overrides,
  });
}

/** Decides one message and lets the receipts see it, as the pipeline does for each message of a batch. */
export function handle<M extends Message>(receipts: Receipts, handler: ReceiptHandler<M>, message: M, now = issuedAtMs): Decision<Change, ReceiptEvent> {
  const envelope: Envelope = { id: 'message-1', source: '/services/test', type: message.type, time: '', tenantId };
  const decision = handler.decide(receipts, { message, envelope, now });
  for (const change of decision.changes ?? []) receipts.issue(change);
  return decision;
}

export const tillId = 'LEEDS-01-T1' as TillId;
export const shiftId = '0190a5c2-0000-7000-8000-0000000000aa' as ShiftId;
const noFigures: http.ShiftFigures = { sales: 0, grossMinor: 0, taxes: [], tenders: [], cashInMinor: 0, cashOutMinor: 0, expectedCashMinor: 0 };
type Entry<Kind extends http.ShiftEntry['kind']> = Extract<http.ShiftEntry, { kind: Kind }>;

/** What a till tells of its drawer. */
export const aShiftEntry = {
  opened: (overrides: Partial<Entry<'opened'>> = {}): http.ShiftEntry => ({ kind: 'opened', shiftId, currency: 'GBP', floatMinor: 10_000, at: '2026-01-05T08:00:00.000Z', ...overrides }),
  moved: (direction: 'in' | 'out', amountMinor: number): http.ShiftEntry => ({ kind: 'cash-moved', shiftId, currency: 'GBP', direction, amountMinor, reason: 'Bank', at: '2026-01-05T12:00:00.000Z' }),
  closed: (overrides: Partial<Entry<'closed'>> = {}): http.ShiftEntry =>
    ({ kind: 'closed', shiftId, tillReportNumber: 1, currency: 'GBP', countedMinor: 8_598, figures: noFigures, carriedOver: [], at: '2026-01-05T18:00:00.000Z', ...overrides }),
};

/** A till's request to take lines of "sale 1" back. */
export function aRefundOf(lines: http.RefundBody['lines'], totalMinor: number, more: Partial<http.RefundBody> & { readonly commandId?: CommandId } = {}): RefundRequest {
  const { commandId = '0190a5c2-0001-7000-8000-000000000002' as CommandId, ...body } = more;
  return {
    tenantId, storeId, tillId, commandId, refundId: refundIdOf(tenantId, commandId), bodyHash: commandId.replaceAll('-', '').padEnd(43, '0'),
    body: { saleId: saleOf('sale 1'), lines, moneyBack: 'original', totalMinor, reason: 'Not wanted', ...body },
  };
}

/** As {@link handle}, for what is decided about refunds. */
export function handleRefund<M extends Message, Answer>(books: RefundBooks, handler: RefundHandler<M, Answer>, message: M, now = issuedAtMs): Decision<RefundChange, RefundEvent, Answer> {
  const envelope: Envelope = { id: 'message-1', source: '/services/test', type: message.type, time: '', tenantId };
  const decision = handler.decide(books, { message, envelope, now });
  for (const change of decision.changes ?? []) books.apply(change);
  return decision;
}
