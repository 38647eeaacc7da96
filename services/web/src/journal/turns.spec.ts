import type { CommandId } from '@checkout/kernel';
import { Turns } from './turns.ts';

const sales = ['first', 'second', 'third'].map((commandId) => ({ commandId: commandId as CommandId }));
const [first, second] = sales.map(({ commandId }) => commandId) as [CommandId, CommandId];

it('sends in the order of the sales', () => {
  expect(new Turns().next(sales)).toBe(first);
});

it('lets the others pass a sale that keeps failing, and parks it when they go through', () => {
  const turns = new Turns();
  for (let failure = 0; failure < 3; failure += 1) expect(turns.failed(first)).toBe(false);
  expect(turns.next(sales)).toBe(second);
  turns.succeeded(second);
  const outcomes = Array.from({ length: 5 }, () => turns.failed(first));
  expect(outcomes).toEqual([false, false, false, false, true]);
});

it('never parks a sale for an outage, however long', () => {
  const turns = new Turns();
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const turn = turns.next(sales);
    expect(turn && turns.failed(turn)).toBe(false);
  }
});

it('waits longer and longer, at most half a minute, and not at all once something went through', () => {
  const turns = new Turns();
  expect(turns.pauseMs(1)).toBe(0);
  const pauses = Array.from({ length: 10 }, () => (turns.failed(first), turns.pauseMs(1)));
  expect(pauses.slice(0, 4)).toEqual([500, 1_000, 2_000, 4_000]);
  expect(pauses.at(-1)).toBe(30_000);
  expect(turns.pauseMs(0)).toBe(15_000);
  turns.succeeded(second);
  expect(turns.pauseMs(1)).toBe(0);
});
