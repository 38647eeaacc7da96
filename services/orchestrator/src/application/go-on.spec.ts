import { timedOut } from '@checkout/saga';
import type { Checkout } from '../domain/checkout.ts';
import { refundSagaOf, sagaOf } from '../domain/versions.ts';
import { aReturn, aSale, Desk, RefundDesk } from '../testing.ts';
import { goneOn } from './go-on.ts';
import { StartCheckout } from './start-checkout.ts';
import { StartRefund } from './start-refund.ts';

const sale = aSale();
const aReturned = aReturn();

function begunCheckout(): { readonly run: Checkout; readonly now: number } {
  const desk = new Desk();
  const { changes = [] } = desk.handle(new StartCheckout(), sale.request);
  const [begun] = changes;
  if (!begun) throw new Error('no checkout began');
  return { run: begun.after, now: desk.now };
}

describe('an input to a run', () => {
  it('of a sale tells the desk when a person has to look, and when nobody has to any more', () => {
    const { run, now } = begunCheckout();
    const [reserved] = goneOn(sagaOf, run, sale.reserved, now).changes ?? [];
    const stalled = goneOn(sagaOf, reserved?.after ?? run, sale.stalled, now);
    expect(stalled.messages?.map(({ type, body }) => ({ type, body }))).toEqual([{
      type: 'operations.attention-needed.v1',
      body: {
        service: 'orchestrator', tenantId: run.tenantId, storeId: run.storeId, saleId: run.saleId,
        at: new Date(now).toISOString(), reason: 'payment: provider-contradiction',
      },
    }]);
    const after = stalled.changes?.[0]?.after ?? run;
    expect(goneOn(sagaOf, after, sale.authorized, now).messages?.at(-1)).toMatchObject({ type: 'operations.attention-ended.v1', body: { saleId: run.saleId } });
  });

  it('of a refund tells the desk which, for a sale may have several', () => {
    const desk = new RefundDesk();
    const [begun] = desk.handle(new StartRefund(), aReturned.request).changes ?? [];
    if (!begun) throw new Error('no refund began');
    const { messages } = goneOn(refundSagaOf, begun.after, aReturned.stalled, desk.now, 'refund 7');
    expect(messages).toMatchObject([{ type: 'operations.attention-needed.v1', body: { detail: 'refund 7' } }]);
  });

  it('after its end changes nothing', () => {
    const { run, now } = begunCheckout();
    const [ended] = goneOn(sagaOf, run, sale.short, now).changes ?? [];
    expect(ended?.after.instance.phase).toBe('cancelled');
    expect(goneOn(sagaOf, ended?.after ?? run, sale.reserved, now)).toEqual({});
  });

  it('under way without the message that started it is a defect', () => {
    const { run: { start: _, ...run }, now } = begunCheckout();
    expect(() => goneOn(sagaOf, run, timedOut, now)).toThrow(`the checkout of sale ${run.saleId} is under way without the message that started it`);
  });
});
