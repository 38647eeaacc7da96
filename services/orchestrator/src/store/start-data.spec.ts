import type { SaleId, TenantId } from '@checkout/kernel';
import { aCheckout } from '@checkout/contracts/testing';
import { SqlCheckouts } from './sql-checkouts.ts';
import { StartData } from './start-data.ts';
import { Desk, aSale } from '../testing.ts';
import { StartCheckout } from '../application/start-checkout.ts';

const tenantId = 'acme' as TenantId;
const { body: start } = aCheckout();

describe('the memory of start messages', () => {
  it('is bounded, and forgets the oldest', () => {
    const starts = new StartData();
    for (let index = 0; index <= 5_000; index += 1) starts.put(tenantId, String(index) as SaleId, 'hash', start);
    expect(starts.get(tenantId, '0' as SaleId)).toBeUndefined();
    expect(starts.get(tenantId, '1' as SaleId)?.start).toBe(start);
    expect(starts.get(tenantId, '5000' as SaleId)?.start).toBe(start);
  });

  it('spares the table what it knows, and asks it for what it does not', () => {
    const checkouts = new SqlCheckouts();
    const known = aSale();
    const unknown = aSale();
    const desk = new Desk();
    checkouts.write(desk.handle(new StartCheckout(), known.request).changes ?? []);
    const [needs] = checkouts.load([known.start, unknown.start, known.start]).select.parameters;
    expect(JSON.parse(String(needs?.value))).toEqual([
      { tenantId, saleId: known.start.saleId, cold: 0 },
      { tenantId, saleId: unknown.start.saleId, cold: 1 },
    ]);
  });
});
