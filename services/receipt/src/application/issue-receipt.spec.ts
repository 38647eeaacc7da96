import { catalogue, receipt } from '@checkout/contracts';
import type { StoreId } from '@checkout/kernel';
import { Receipts } from '../domain/receipts.ts';
import { aLine, handle, issuedAtMs, paid, saleOf, storeId, tenantId } from '../testing.ts';
import { IssueReceipt } from './issue-receipt.ts';

const issue = new IssueReceipt();
const numberOf = (decision: { messages?: readonly { body: unknown }[] }) => (decision.messages?.[0]?.body as receipt.ReceiptIssued['body'] | undefined)?.receiptNumber;

describe('issuing a receipt', () => {
  it('gives the first sale of a store number one', () => {
    expect(handle(new Receipts(), issue, paid('sale 1')).messages?.[0]).toEqual({
      type: 'receipt.receipt-issued.v1',
      body: { tenantId, storeId, saleId: saleOf('sale 1'), receiptNumber: 'S-000001' },
    });
  });

  it('counts on from what was given out before', () => {
    const receipts = new Receipts();
    receipts.setLastNumber(tenantId, storeId, 'S', 41);
    expect(['sale 1', 'sale 2'].map((sale) => numberOf(handle(receipts, issue, paid(sale))))).toEqual(['S-000042', 'S-000043']);
  });

  it('counts for each store by itself', () => {
    const receipts = new Receipts();
    handle(receipts, issue, paid('sale 1'));
    expect(numberOf(handle(receipts, issue, paid('sale 2', { storeId: 'YORK-01' as StoreId })))).toBe('S-000001');
  });

  it('prints a number of more than six digits whole', () => {
    const receipts = new Receipts();
    receipts.setLastNumber(tenantId, storeId, 'S', 1_234_566);
    expect(numberOf(handle(receipts, issue, paid('sale 1')))).toBe('S-1234567');
  });

  it('tells the outside what was sold', () => {
    const { messages = [] } = handle(new Receipts(), issue, paid('sale 1'));

    expect(messages[1]).toMatchObject({
      type: 'sale.completed.v1',
      body: {
        receiptNumber: 'S-000001', receiptSeries: 'S', receiptSequence: 1, netMinor: 498, taxMinor: 100, grossMinor: 598,
        taxes: [{ taxRateBp: 2000, netMinor: 498, taxMinor: 100, grossMinor: 598 }],
        completedAt: '2026-01-05T10:00:01.000Z',
      },
    });
    expect(() => catalogue.get('sale.completed.v1')?.parse(messages[1]?.body)).not.toThrow();
  });

  it('gives a repeated command the same number, and tells the outside once', () => {
    const receipts = new Receipts();
    const first = handle(receipts, issue, paid('sale 1'));
    handle(receipts, issue, paid('sale 2'));

    const again = handle(receipts, issue, paid('sale 1'), issuedAtMs + 60_000);

    expect(again.changes).toBeUndefined();
    expect(again.messages).toEqual(first.messages?.slice(0, 1));
    expect(receipts.lastNumberOf(tenantId, storeId, 'S')).toBe(2);
  });

  it('says how much change was given', () => {
    const { changes } = handle(new Receipts(), issue, paid('sale 1', { tenders: [{ type: 'cash', amountMinor: 598, tenderedMinor: 1_000 }] }));
    expect(changes?.[0]?.document.changeMinor).toBe(402);
  });

  it('adds tax where the prices are without it', () => {
    const { changes } = handle(new Receipts(), issue, paid('sale 1', { taxMode: 'exclusive', lines: [aLine({ quantity: 1, unitPriceMinor: 1_000, taxRateBp: 825 })] }));
    expect(changes?.[0]?.document).toMatchObject({ netMinor: 1_000, taxMinor: 83, grossMinor: 1_083 });
  });

  it('is a defect when what was paid is not what the lines come to', () => {
    expect(() => handle(new Receipts(), issue, paid('sale 1', { totalMinor: 599 }))).toThrow(/599.*598/);
  });
});
