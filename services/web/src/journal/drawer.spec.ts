import type { http } from '@checkout/contracts';
import type { CommandId, ShiftId } from '@checkout/kernel';
import { newCommandId } from '../device/command-id.ts';
import { carriedOverOf, figuresOf } from '../sale/shift-report.ts';
import { DrawerSender, type DrawerTold } from './drawer-sender.ts';
import type { Journal } from './journal.ts';
import { aSale, MemoryEntries, newJournal } from './testing.ts';

const shiftId = 'shift-1' as ShiftId;
const at = '2026-11-22T08:00:00.000Z';
const opened: http.ShiftEntry = { kind: 'opened', shiftId, currency: 'GBP', floatMinor: 10_000, at };
const moved = (direction: 'in' | 'out', amountMinor: number): http.ShiftEntry => ({ kind: 'cash-moved', shiftId, currency: 'GBP', direction, amountMinor, reason: 'Bank', at });

async function enter(journal: Journal, ...entries: readonly http.ShiftEntry[]): Promise<void> {
  for (const entry of entries) await journal.append(() => ({ kind: 'drawer', entryId: newCommandId(), entry }));
}
async function sell(journal: Journal, by: 'card' | 'cash', of: ShiftId | undefined = shiftId): Promise<CommandId> {
  const commandId = newCommandId();
  await journal.append((book) => {
    const sold = aSale(commandId, by)(book);
    return { ...sold, body: { ...sold.body, ...(of && { shiftId: of }) } };
  });
  return commandId;
}
const openShift = (journal: Journal) => {
  const { open } = journal.book.drawer;
  if (!open) throw new Error('no shift is open');
  return open;
};

it('adds up a shift from this till’s own journal: what was sold in it, less what came to nothing', async () => {
  const journal = newJournal();
  await enter(journal, opened, moved('in', 500), moved('out', 2_000));
  await sell(journal, 'cash');
  await sell(journal, 'card');
  const withdrawn = await sell(journal, 'cash');
  await journal.append(() => ({ kind: 'withdrawn', commandId: withdrawn }));
  await sell(journal, 'cash', 'another' as ShiftId);
  expect(figuresOf(openShift(journal), journal.book)).toEqual({
    sales: 2, grossMinor: 1_196, taxes: [{ taxRateBp: 0, netMinor: 1_196, taxMinor: 0, grossMinor: 1_196 }],
    tenders: [{ type: 'cash', count: 1, amountMinor: 598 }, { type: 'card', count: 1, amountMinor: 598 }],
    cashInMinor: 500, cashOutMinor: 2_000, expectedCashMinor: 10_000 + 598 + 500 - 2_000,
  });
});

it('carries over what is not finished, and says why it is not', async () => {
  const journal = newJournal();
  const [unsent, underWay, gone] = [await sell(journal, 'cash'), await sell(journal, 'card'), await sell(journal, 'card')];
  await journal.append(() => ({ kind: 'accepted', commandId: underWay, saleId: 'x' }));
  await journal.append(() => ({ kind: 'released', commandId: gone }));
  await journal.append(() => ({ kind: 'refused', commandId: gone, refusal: { code: 'internal' }, isKnown: false }));
  const soldAt = 1_764_000_000_000;
  const whyAt = (now: number) => carriedOverOf(journal.book, now).map(({ commandId, why }) => [commandId, why]);
  expect(whyAt(soldAt)).toEqual([[unsent, 'unsent'], [underWay, 'under-way'], [gone, 'needs-person']]);
  expect(whyAt(soldAt + 60_000)).toEqual([[unsent, 'unknown'], [underWay, 'unknown'], [gone, 'needs-person']]);
});

it('numbers its reports without a gap, and has one shift open at a time', async () => {
  const journal = newJournal();
  await enter(journal, opened);
  const close = (number: number, id: ShiftId): http.ShiftEntry => ({ kind: 'closed', shiftId: id, currency: 'GBP', tillReportNumber: number, countedMinor: 10_000, figures: figuresOf(openShift(journal), journal.book), carriedOver: [], at });
  await enter(journal, close(1, shiftId));
  expect([journal.book.drawer.open, journal.book.drawer.lastReportNumber]).toEqual([undefined, 1]);
  await enter(journal, { ...opened, shiftId: 'shift-2' as ShiftId });
  await enter(journal, close(2, 'shift-2' as ShiftId));
  expect(journal.book.drawer.lastReportNumber).toBe(2);
});

it('tells the back end every entry once and in order, however often it does not answer, and goes past one that it refuses', async () => {
  const entries = new MemoryEntries();
  const journal = newJournal(entries);
  await enter(journal, opened, moved('in', 1), moved('in', 2), moved('out', 3));
  const told: [string, DrawerTold['kind']][] = [];
  const stop = new AbortController();
  const answers: DrawerTold[] = [{ kind: 'later' }, { kind: 'told' }, { kind: 'later' }, { kind: 'later' }, { kind: 'refused', refusal: { code: 'schema-violation' } }, { kind: 'told' }, { kind: 'told' }];
  const sender = new DrawerSender({
    journal, random: () => 1, onNews: () => {},
    tell(_, entry) {
      const answer = answers.shift() ?? { kind: 'told' };
      told.push([entry.kind === 'cash-moved' ? `${entry.direction} ${entry.amountMinor}` : entry.kind, answer.kind]);
      return Promise.resolve(answer);
    },
    sleep() {
      if (journal.book.drawer.untold.length === 0) stop.abort();
      return Promise.resolve();
    },
  });
  await sender.run(stop.signal);
  expect(told).toEqual([['opened', 'later'], ['opened', 'told'], ['in 1', 'later'], ['in 1', 'later'], ['in 1', 'refused'], ['in 2', 'told'], ['out 3', 'told']]);
});

it('counts no entry that was changed from outside', async () => {
  const entries = new MemoryEntries();
  await enter(newJournal(entries), opened, moved('in', 500));
  entries.change(2, (entry) => ({ ...entry, fact: { kind: 'drawer', entryId: 'x', entry: moved('in', 50) } }));
  const journal = newJournal(entries);
  const { drawer } = await journal.read();
  expect([drawer.open?.movements, drawer.untold.length]).toEqual([[], 1]);
});
