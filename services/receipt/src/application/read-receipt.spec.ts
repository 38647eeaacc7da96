import { http } from '@checkout/contracts';
import { receiptOf } from '../domain/receipt.ts';
import { issuedAtMs, paid, saleOf, tenantId } from '../testing.ts';
import { ReadReceipt } from './read-receipt.ts';

const issued = receiptOf(paid('sale 1').body, 'S', 42, issuedAtMs);

describe('reading a receipt', () => {
  it('shows it as the contract with tills says, and as text', async () => {
    const receipts = new ReadReceipt({ bySale: () => Promise.resolve(issued), byNumber: () => Promise.resolve(undefined) });

    const found = await receipts.bySale(tenantId, saleOf('sale 1'));

    expect(http.ReceiptView.parse(found?.view)).toMatchObject({ receiptNumber: 'S-000042', grossMinor: 598 });
    expect(found?.text()).toContain('Receipt S-000042');
  });

  it('knows nothing of a sale that has none', async () => {
    const receipts = new ReadReceipt({ bySale: () => Promise.resolve(undefined), byNumber: () => Promise.resolve(undefined) });
    expect(await receipts.bySale(tenantId, saleOf('sale 2'))).toBeUndefined();
  });
});
