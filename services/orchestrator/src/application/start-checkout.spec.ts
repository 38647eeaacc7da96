import { checkout, inventory } from '@checkout/contracts';
import { aCheckout } from '@checkout/contracts/testing';
import type { SaleId } from '@checkout/kernel';
import { ofSale, stockLines } from '../domain/start-message.ts';
import { aSale, Desk } from '../testing.ts';
import { ContinueCheckout } from './continue-checkout.ts';
import { StartCheckout } from './start-checkout.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const { request, start, short } = aSale();

describe('a request for a checkout', () => {
  it('begins it: its first command is sent, its timer set, its time line opened', () => {
    const desk = new Desk();
    const decision = desk.handle(new StartCheckout(), request, traceparent);
    expect(decision.messages).toEqual([inventory.ReserveStock({ ...ofSale(start), lines: stockLines(start) })]);
    expect(decision.changes).toEqual([{
      after: {
        ...ofSale(start), bodyHash: expect.any(String) as string, start, traceparent, sagaVersion: 1, version: 1, entryCount: 1, wakeAt: desk.now + 5_000,
        instance: { phase: 'forward', awaiting: [0], attempts: 1, results: {} },
      },
      entries: [{ sequence: 1, at: '2026-01-05T12:00:00.000Z', event: 'started' }],
      at: desk.now,
    }]);
  });

  it('that came past cart\'s database is told to cart, after everything else', () => {
    const basketId = '019434c0-0000-7000-8000-000000000002' as SaleId;
    const past = { ...start, acceptedVia: 'bus' as const, requestHash: 'a'.repeat(43), basketId, pricedFrom: { snapshotAt: '2026-01-05T04:30:00.000Z' } };
    const decision = new Desk().handle(new StartCheckout(), aCheckout(past));
    const { commandId, tillId, currency, totalMinor, requestedAt } = start;
    expect(decision.messages).toEqual([
      expect.objectContaining({ type: 'inventory.reserve-stock.v1' }),
      checkout.CheckoutStarted({ ...ofSale(start), commandId, tillId, currency, totalMinor, requestedAt, requestHash: past.requestHash, basketId, pricedFrom: past.pricedFrom }),
    ]);
  });

  it('needs only its own checkout', () => {
    expect(new StartCheckout().needs(request)).toEqual([{ tenantId: start.tenantId, saleId: start.saleId }]);
  });

  it('begins once, however often and by whichever way it comes', () => {
    const desk = new Desk();
    desk.handle(new StartCheckout(), request);
    const again = aCheckout({ ...start, requestedAt: '2026-01-05T12:34:56.000Z' });
    expect(desk.handle(new StartCheckout(), again)).toEqual({});
  });

  it('begins once even when it is repeated after the end', () => {
    const desk = new Desk();
    desk.handle(new StartCheckout(), request);
    desk.handle(new ContinueCheckout(), short);
    expect(desk.handle(new StartCheckout(), request)).toEqual({});
  });

  it('X127 is invalid when its command has asked for something else before', () => {
    const desk = new Desk();
    desk.handle(new StartCheckout(), request);
    const other = aCheckout({ ...start, lines: start.lines.map((line) => ({ ...line, quantity: 1 })), totalMinor: 299, tenders: [{ type: 'card', amountMinor: 299, cardToken: 'tok_approved' }] });
    expect(() => desk.handle(new StartCheckout(), other)).toThrow(expect.objectContaining({ name: 'InvalidMessage', code: 'idempotency-key-reused' }) as Error);
    expect(desk.changes).toHaveLength(1);
  });

  it('is invalid when it does not add up, and says which rule it breaks', () => {
    const desk = new Desk();
    expect(() => desk.handle(new StartCheckout(), aCheckout({ totalMinor: 1, tenders: [{ type: 'cash', amountMinor: 1, tenderedMinor: 1 }] })))
      .toThrow(expect.objectContaining({ name: 'InvalidMessage', code: 'total-mismatch', message: 'The lines add up to 598, not to the total of 1 minor units.' }) as Error);
    expect(desk.changes).toEqual([]);
  });
});
