import type { CommandId } from '@checkout/kernel';
import { receiptOf } from '../domain/receipt.ts';
import { aRefundOf, handleRefund, issuedAtMs, paid } from '../testing.ts';
import { AcceptRefund, type RequestRefund } from './accept-refund.ts';
import { RefundBooks } from './refund-ports.ts';

const accept = new AcceptRefund(86_400_000);
const message = (...request: Parameters<typeof aRefundOf>): RequestRefund => ({ type: 'receipt.request-refund', body: aRefundOf(...request) });
const onePack = [{ line: 1, quantity: 1, goods: 'restock' as const }];

function books(): RefundBooks {
  const made = new RefundBooks();
  made.add(receiptOf(paid('sale 1').body, 'S', 42, issuedAtMs));
  return made;
}

describe('accepting a refund', () => {
  it('sets it aside and asks for it, in one decision', () => {
    const { answer, messages, changes } = handleRefund(books(), accept, message(onePack, 299));
    expect(answer).toMatchObject({ kind: 'accepted', refund: { totalMinor: 299 } });
    expect(messages).toMatchObject([{ type: 'refund.refund-requested.v1', body: { totalMinor: 299, parts: [{ position: 1, via: 'card', amountMinor: 299 }] } }]);
    expect(changes).toMatchObject([{ isNew: true, before: 0 }]);
  });

  it('tells how it stands when the command comes again, and asks for nothing more', () => {
    const shop = books();
    handleRefund(shop, accept, message(onePack, 299));
    expect(handleRefund(shop, accept, message(onePack, 299))).toEqual({ answer: { kind: 'replayed', refund: shop.refund(aRefundOf(onePack, 299)) } });
  });

  it('refuses another refund under the same command', () => {
    const shop = books();
    handleRefund(shop, accept, message(onePack, 299));
    const other = message(onePack, 299);
    expect(handleRefund(shop, accept, { ...other, body: { ...other.body, bodyHash: 'other' } }).answer).toMatchObject({ kind: 'refused', code: 'idempotency-key-reused' });
  });

  it('gives the last pack to one of two tills that want it at once', () => {
    const shop = books();
    const ask = (last: string) => handleRefund(shop, accept, message([{ line: 1, quantity: 2, goods: 'restock' }], 598, { commandId: `0190a5c2-0001-7000-8000-00000000000${last}` as CommandId })).answer;
    expect([ask('1'), ask('2')]).toMatchObject([{ kind: 'accepted' }, { kind: 'refused', code: 'refund-exceeds-sale' }]);
  });
});
