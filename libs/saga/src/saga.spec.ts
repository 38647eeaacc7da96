import { checkout, inventory, payment, receipt } from '@checkout/contracts';
import { compensatable, pivot, retriable, saga } from './saga.ts';

type Start = Parameters<(typeof reserve)['command']>[0];
const ofSale = ({ tenantId, storeId, saleId }: { tenantId: string; storeId: string; saleId: string }) => ({ tenantId, storeId, saleId });
const reserve = compensatable('reserve', {
  command: (start: { tenantId: string; storeId: string; saleId: string }) => inventory.ReleaseStock(ofSale(start)),
  succeeds: inventory.StockReserved, fails: inventory.StockRefused, refused: ({ shortages }) => ({ code: 'stock-short', message: `${shortages.length} short` }), within: 1,
  compensate: (start) => inventory.ReleaseStock(ofSale(start)), compensated: inventory.StockReleased,
});
const capture = pivot('capture', {
  command: (start: Start) => payment.CapturePayment(ofSale(start)),
  succeeds: payment.PaymentCaptured, fails: payment.CaptureRefused, refused: () => ({ code: 'capture-refused', message: 'no' }), within: 1,
  keeps: ['changeMinor'],
});
const commit = retriable('commit', { command: (start: Start) => inventory.ReleaseStock(ofSale(start)), succeeds: receipt.ReceiptIssued, within: 1 });
const endings = { completed: () => [], cancelled: () => [] };

/** The expectations here are the compiler's: each `@ts-expect-error` fails the type check when the mistake is let through. */
describe('the types of a declaration', () => {
  it('let steps stand only in an order that can be undone or finished', () => {
    saga(checkout.CheckoutRequested, { name: 's', version: 1, steps: [reserve, capture, commit], ...endings });
    // @ts-expect-error -- nothing may be undone after the pivot
    saga(checkout.CheckoutRequested, { name: 's', version: 1, steps: [capture, reserve], ...endings });
    // @ts-expect-error -- a step before the pivot must be undoable
    saga(checkout.CheckoutRequested, { name: 's', version: 1, steps: [commit, capture], ...endings });
    // @ts-expect-error -- there must be a pivot
    saga(checkout.CheckoutRequested, { name: 's', version: 1, steps: [reserve, commit], ...endings });
    // @ts-expect-error -- and only one
    saga(checkout.CheckoutRequested, { name: 's', version: 1, steps: [capture, capture], ...endings });
  });

  it('give the ending what was kept of the replies, and no more', () => {
    const declared = saga(checkout.CheckoutRequested, {
      name: 's', version: 1,
      steps: [reserve, capture, commit],
      completed: (_, results) => {
        const change: number = results.capture.changeMinor;
        // @ts-expect-error -- it was not kept
        const captured: unknown = results.capture.capturedMinor;
        return [{ type: 'end', body: { change, captured } }];
      },
      // @ts-expect-error -- a cancelled saga may never have got so far
      cancelled: (_, because, results) => [{ type: 'off', body: { because, change: results.capture.changeMinor } }],
    });
    expect(declared.steps.map(({ name }) => name)).toEqual(['reserve', 'capture', 'commit']);
  });

  it('keep only fields that the reply has', () => {
    // @ts-expect-error -- a receipt has no colour
    retriable('commit', { command: (start: Start) => inventory.ReleaseStock(ofSale(start)), succeeds: receipt.ReceiptIssued, within: 1, keeps: ['colour'] });
    expect(commit.keeps).toBeUndefined();
  });
});
