import fc from 'fast-check';
import { CommitStock } from './application/commit-stock.ts';
import { AskAboutHold, reservationDue } from './application/ask-about-hold.ts';
import { deliveryArrived, ReceiveDelivery } from './application/receive-delivery.ts';
import { ReleaseStock } from './application/release-stock.ts';
import { holdForMs, ReserveStock } from './application/reserve-stock.ts';
import { ReturnStock } from './application/return-stock.ts';
import type { Change } from './domain/stock.ts';
import { levelChangesOf } from './store/level-changes.ts';
import { bringBack, commit, handle, levelOf, linesOf, noon, release, reserve, saleOf, shelvesWith, skuOf, storeId, tenantId } from './testing.ts';

const seed = Number(process.env['SEED'] ?? 20261122);
const skus = ['TEA', 'MILK', 'BREAD'] as const;
const sales = ['sale 1', 'sale 2', 'sale 3', 'sale 4'] as const;
const initial = 5;

/** Which goods a sale is about follows from its name, as a saga's commands all follow from one checkout. */
const basketOf = (sale: string): Record<string, number> => (sale === 'sale 4' ? { TEA: 6, BREAD: 1 } : { TEA: 2, MILK: 1 });

const step = fc.oneof(
  fc.record({ kind: fc.constantFrom('reserve', 'release', 'commit', 'expire'), sale: fc.constantFrom(...sales) }),
  fc.record({ kind: fc.constant('deliver'), sale: fc.constantFrom('D-1', 'D-2') }),
  fc.record({ kind: fc.constant('return'), sale: fc.constantFrom('refund 1', 'refund 2') }),
);

it('conserves stock through any order of commands, repeats and late arrivals', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const stock = shelvesWith(Object.fromEntries(skus.map((sku) => [sku, initial])));
      const changes: Change[] = [];
      let now = noon;
      for (const { kind, sale } of steps) {
        now += holdForMs / 3;
        const ofSale = { tenantId, storeId, saleId: saleOf(sale) };
        const isCommitted = stock.reservationOf(tenantId, ofSale.saleId)?.state === 'committed';
        if (kind === 'reserve') changes.push(...(handle(stock, new ReserveStock(), reserve(sale, basketOf(sale)), now).changes ?? []));
        if (kind === 'release' && !isCommitted) changes.push(...(handle(stock, new ReleaseStock(), release(sale), now).changes ?? []));
        if (kind === 'commit') changes.push(...(handle(stock, new CommitStock(), commit(sale, basketOf(sale)), now).changes ?? []));
        if (kind === 'expire') changes.push(...(handle(stock, new AskAboutHold(), reservationDue(ofSale), now).changes ?? []));
        if (kind === 'deliver') changes.push(...(handle(stock, new ReceiveDelivery(), deliveryArrived({ tenantId, storeId, deliveryId: sale, lines: linesOf({ TEA: 3 }) }), now).changes ?? []));
        if (kind === 'return') changes.push(...(handle(stock, new ReturnStock(), bringBack(sale, [{ sku: 'TEA', quantity: 2, goods: 'restock' }, { sku: 'MILK', quantity: 1, goods: 'write-off' }]), now).changes ?? []));
      }

      const movements = changes.flatMap((change) => (change.kind === 'movement' ? [change.movement] : []));
      const levels = levelChangesOf(movements);
      for (const name of skus) {
        const { onHand, reserved } = levelOf(stock, name);
        const entered = movements.filter(({ entry }) => entry).flatMap(({ moves }) => moves).filter(({ sku }) => sku === name).reduce((sum, move) => sum + move.onHand, 0);
        const held = sales.reduce((sum, sale) => {
          const reservation = stock.reservationOf(tenantId, saleOf(sale));
          return reservation?.state === 'held' ? sum + (reservation.pieces.find(({ sku }) => sku === name)?.quantity ?? 0) : sum;
        }, 0);
        expect({ onHand, reserved }).toEqual({ onHand: initial + entered, reserved: held });

        const written = levels.find(({ sku }) => sku === skuOf(name));
        expect({ onHand: initial + (written?.onHand ?? 0), reserved: written?.reserved ?? 0 }).toEqual({ onHand, reserved });
        // What the batch decided on rows that nobody else has changed never conflicts.
        expect(written?.atLeast ?? 0).toBeLessThanOrEqual(initial);
      }
      const references = movements.flatMap(({ entry }) => (entry ? [`${entry.kind} ${entry.reference}`] : []));
      expect(new Set(references).size).toBe(references.length);
    }),
    { seed, numRuns: 500 },
  );
});
