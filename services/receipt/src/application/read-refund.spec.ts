import type { RefundReader } from './refund-ports.ts';
import { noRefunds, type Refund } from '../domain/refund.ts';
import { refundOf } from '../domain/refund-request.ts';
import { receiptOf } from '../domain/receipt.ts';
import { aRefundOf, issuedAtMs, paid, saleOf, storeId, tenantId } from '../testing.ts';
import { ReadRefund } from './read-refund.ts';

const receipt = receiptOf(paid('sale 1').body, 'S', 42, issuedAtMs);
const request = aRefundOf([{ line: 1, quantity: 1, goods: 'write-off' }], 299);
const accepted = refundOf(request, receipt, noRefunds, 86_400_000, issuedAtMs) as Refund;
const noted: Refund = { ...accepted, state: 'completed', creditNote: { series: 'C', number: 7, issuedAt: '2026-01-05T11:00:00.000Z' } };
const reader = (refund: Refund): RefundReader => ({ byCommand: () => Promise.resolve(refund), ofSale: () => Promise.resolve({ receipt, of: { version: 1, refunds: [refund] } }) });
const read = (refund: Refund) => new ReadRefund(reader(refund), 86_400_000);

describe('reading a refund', () => {
  it('shows what can still come back of a sale', async () => {
    expect(await read(accepted).refundable(tenantId, saleOf('sale 1'))).toMatchObject({ storeId, view: {
      receiptNumber: 'S-000042', lines: [{ line: 1, quantity: 2, givenBack: { quantity: 1, taxMinor: 50, grossMinor: 299 } }], givenBack: [{ position: 1, via: 'card', amountMinor: 299 }], refundableUntil: '2026-01-06T10:00:01.000Z',
    } });
  });

  it('has no credit note before it is written, and then one in both forms', async () => {
    expect(await read(accepted).creditNote(tenantId, request.refundId)).toBeUndefined();
    const note = await read(noted).creditNote(tenantId, request.refundId);
    expect(note?.view).toMatchObject({ creditNoteNumber: 'C-000007', receiptNumber: 'S-000042', grossMinor: 299, taxMinor: 50 });
    expect(note?.text().split('\n')).toEqual([
      'Store LEEDS-01', 'Till LEEDS-01-T1', 'Credit note C-000007', 'For receipt S-000042', '2026-01-05 11:00:00 UTC',
      '------------------------------------------',
      'Tea, 80 bags                          2.99',
      '------------------------------------------',
      'REFUND GBP                            2.99',
      'To card                               2.99',
      '------------------------------------------',
      'Tax            Net         Tax       Gross',
      '20%           2.49        0.50        2.99',
      '------------------------------------------',
      'Reason: Not wanted',
      `Sale ${saleOf('sale 1')}`,
      '',
    ]);
  });
});
