import type { CommandId } from '@checkout/kernel';
import { receiptOf } from '../domain/receipt.ts';
import type { GivenBack } from '../domain/shift-figures.ts';
import { entered, newShift } from '../domain/shift.ts';
import { aLine, aShiftEntry, issuedAtMs, paid, shiftId, storeId, tenantId, tillId } from '../testing.ts';
import { ReadShift } from './read-shift.ts';

const { opened, moved, closed } = aShiftEntry;
const documentOf = (...overrides: Parameters<typeof paid>[1][]) => overrides.map((each, index) => receiptOf(paid(`sale ${index}`, each).body, 'S', index + 1, issuedAtMs).document);
const shiftOf = (...entries: Parameters<typeof entered>[2][]) =>
  entries.reduce((shift, entry, index) => entered(shift, `entry ${index}`, entry), newShift({ tenantId, shiftId, storeId, tillId, currency: 'GBP', firstHeardAt: new Date(issuedAtMs).toISOString() }));
const late = { commandId: '0190a5c2-0000-7000-8000-000000000009' as CommandId, provisionalNumber: 'LEEDS-01-T1-000009', totalMinor: 598, why: 'unsent' } as const;

const read = (shift: ReturnType<typeof shiftOf>, sales: ReturnType<typeof documentOf> = [], arrived: CommandId[] = [], refunds: readonly GivenBack[] = []) =>
  new ReadShift({ find: () => Promise.resolve(shift), sales: () => Promise.resolve(sales), refunds: () => Promise.resolve(refunds), arrived: () => Promise.resolve(arrived), newest: () => Promise.resolve([shift]) }).view(shift);

it('adds up what should lie in the drawer: float, cash sales without their change, cash in, less cash out', async () => {
  const sales = documentOf(
    { tenders: [{ type: 'cash', amountMinor: 598, tenderedMinor: 1_000 }] },
    { lines: [aLine({ taxRateBp: 0 })], tenders: [{ type: 'cash', amountMinor: 100, tenderedMinor: 100 }, { type: 'card', amountMinor: 498, tenderedMinor: 498 }] },
  );
  const { figures, state, differenceMinor } = await read(shiftOf(opened(), moved('in', 500), moved('out', 2_000)), sales);
  expect(figures).toEqual({
    sales: 2, grossMinor: 1_196,
    taxes: [{ taxRateBp: 0, netMinor: 598, taxMinor: 0, grossMinor: 598 }, { taxRateBp: 2_000, netMinor: 498, taxMinor: 100, grossMinor: 598 }],
    tenders: [{ type: 'cash', count: 2, amountMinor: 698 }, { type: 'card', count: 1, amountMinor: 498 }],
    cashInMinor: 500, cashOutMinor: 2_000, expectedCashMinor: 10_000 + 698 + 500 - 2_000,
  });
  expect([state, differenceMinor]).toEqual(['open', undefined]);
});

it('takes what was given back in cash out of the drawer, and not what went back to cards', async () => {
  const { figures } = await read(shiftOf(opened()), [], [], [{ commandId: 'refund 1', totalMinor: 500, parts: [{ via: 'card', amountMinor: 300 }, { via: 'cash', amountMinor: 200 }] }]);
  expect([figures.refunds, figures.expectedCashMinor]).toEqual([{ count: 1, grossMinor: 500, cashMinor: 200 }, 9_800]);
});

it('takes cash out of the drawer once that the till has entered as moved out for the same refund', async () => {
  // Entries are named "entry 0", "entry 1" and so on.
  const { figures } = await read(shiftOf(opened(), moved('out', 200)), [], [], [{ commandId: 'entry 1', totalMinor: 200, parts: [{ via: 'cash', amountMinor: 200 }] }]);
  expect([figures.cashOutMinor, figures.refunds?.cashMinor, figures.expectedCashMinor]).toEqual([200, 200, 9_800]);
});

it('closes with what blocks it, and shows when that has come', async () => {
  const figures = { ...(await read(shiftOf(opened()))).figures, sales: 1, grossMinor: 598, expectedCashMinor: 10_598 };
  const shift = { ...shiftOf(opened(), closed({ countedMinor: 10_500, figures, carriedOver: [late] })), reportNumber: 42 };
  expect(await read(shift)).toMatchObject({ state: 'closed', reportNumber: 'Z-000042', flags: ['differs-from-till'], carriedOver: [{ provisionalNumber: 'LEEDS-01-T1-000009', hasArrived: false }], differenceMinor: 500 });

  const come = await read(shift, documentOf({ tenders: [{ type: 'cash', amountMinor: 598, tenderedMinor: 598 }] }), [late.commandId]);
  expect(come).toMatchObject({ flags: [], carriedOver: [{ hasArrived: true }], differenceMinor: -98, told: figures });
});

it('says when a shift was never opened here', async () => {
  expect((await read(shiftOf(closed()))).flags).toContain('never-opened');
});
