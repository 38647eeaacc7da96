import { sale } from '../testing.ts';
import { PaymentView } from './payment-view.ts';

const view: PaymentView = {
  saleId: sale.saleId,
  storeId: sale.storeId,
  state: 'authorizing',
  currency: 'GBP',
  totalMinor: 598,
  createdAt: '2026-01-05T12:00:00.000Z',
  updatedAt: '2026-01-05T12:00:00.000Z',
  tenders: [{ position: 1, type: 'card', state: 'pending', amountMinor: 598, tenderedMinor: 598, reference: `${sale.saleId}:1`, operation: 'authorize', attempt: 1 }],
  refunds: [],
  ledger: [],
  audit: [],
};

describe('a payment as people read it', () => {
  it('has no place for what could pay again', () => {
    expect(PaymentView.safeParse(view).success).toBe(true);
    expect(PaymentView.safeParse({ ...view, tenders: [{ ...view.tenders[0], cardToken: 'tok_visa_1' }] }).success).toBe(false);
  });
});
