import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandId } from '@checkout/kernel';
import { aSale, MemoryEntries, newJournal, someLimits } from './testing.ts';
import { isException, unfinished } from './book.ts';
import type { Entry } from './fact.ts';
import { exceededBy, exposureOf } from './limits.ts';

const one = 'one' as CommandId;
const two = 'two' as CommandId;

describe('the journal of a till', () => {
  it('keeps every sale, and what became of it', async () => {
    const journal = newJournal();
    await journal.append(aSale(one));
    await journal.append(aSale(two));
    await journal.append(() => ({ kind: 'accepted', commandId: one, saleId: 's' }));
    expect(unfinished(journal.book).map(({ commandId, standing }) => [commandId, standing.state])).toEqual([[one, 'accepted'], [two, 'waiting']]);
    expect([...journal.book.sales.values()].map(({ provisionalNumber }) => provisionalNumber)).toEqual(['T1-000001', 'T1-000002']);
  });

  it('is the same for a till that was switched off in between', async () => {
    const entries = new MemoryEntries();
    await newJournal(entries).append(aSale(one));
    const again = newJournal(entries);
    await again.append(aSale(two));
    expect(again.book.lastSequence).toBe(2);
    expect(again.damaged.size).toBe(0);
  });

  it('numbers the sales of two tabs without a gap or a repeat', async () => {
    const entries = new MemoryEntries();
    const tabs = [newJournal(entries), newJournal(entries)];
    await Promise.all(Array.from({ length: 20 }, (_, index) => tabs[index % 2]?.append(aSale(`sale-${index}` as CommandId))));
    const book = await newJournal(entries).read();
    expect([...book.sales.values()].map(({ tillSequence }) => tillSequence)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it('T14 of an older version is read by a newer one: what is open is still sent, and nothing counts as damaged', async () => {
    const entries = new MemoryEntries();
    for (const entry of JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/journal.json'), 'utf8')) as Entry[]) await entries.add(entry);
    const newer = newJournal(entries);
    const { sales } = await newer.read();
    expect(newer.damaged.size).toBe(0);
    expect([...sales.values()].map(({ provisionalNumber, standing, releasedAt }) => [provisionalNumber, standing.state, releasedAt !== undefined])).toEqual([
      ['T1-000001', 'ended', false], ['T1-000002', 'parked', false], ['T1-000003', 'withdrawn', false], ['T1-000004', 'accepted', true], ['T1-000005', 'waiting', true],
    ]);
    expect(unfinished(newer.book).map(({ body, lines }) => [body.totalMinor, lines])).toEqual(Array.from({ length: 2 }, () => [598, [{ sku: 'TEA-80', description: 'Tea', quantity: 2, unitPriceMinor: 299, taxRateBp: 0 }]]));
    await newer.append(aSale(one));
    expect(newer.book.lastSequence).toBe(6);
  });

  it('ends a sale once', async () => {
    const journal = newJournal();
    await journal.append(aSale(one));
    await journal.append(() => ({ kind: 'withdrawn', commandId: one }));
    await journal.append(() => ({ kind: 'refused', commandId: one, refusal: { code: 'total-mismatch' }, isKnown: true }));
    expect(journal.book.sales.get(one)?.standing).toEqual({ state: 'withdrawn' });
  });

  it.each([
    ['changed', (entries: MemoryEntries) => entries.change(1, (entry) => ({ ...entry, at: entry.at + 1 })), [1]],
    ['removed', (entries: MemoryEntries) => entries.remove(2), [3]],
    ['given another amount', (entries: MemoryEntries) => entries.change(2, (entry) => ({ ...entry, fact: { ...entry.fact, ...(entry.fact.kind === 'sold' && { body: { ...entry.fact.body, totalMinor: 1 } }) } as typeof entry.fact })), [2]],
  ])('T10 notices an entry that was %s from outside', async (_what, tamper, damaged) => {
    const entries = new MemoryEntries();
    const journal = newJournal(entries);
    for (const id of ['a', 'b', 'c']) await journal.append(aSale(id as CommandId));
    tamper(entries);
    const later = newJournal(entries);
    await later.read();
    expect([...later.damaged]).toEqual(damaged);
  });

  it('T10 does not send a sale whose entry was tampered with, and sends the others', async () => {
    const entries = new MemoryEntries();
    const journal = newJournal(entries);
    await journal.append(aSale(one));
    await journal.append(aSale(two));
    entries.change(1, (entry) => ({ ...entry, at: 0 }));
    const book = await newJournal(entries).read();
    expect(unfinished(book).map(({ commandId }) => commandId)).toEqual([two]);
    expect(book.sales.get(one)?.standing).toMatchObject({ state: 'parked', refusal: { code: 'journal-damaged' } });
  });

  it('says when the goods are gone and the money is not coming', async () => {
    const journal = newJournal();
    await journal.append(aSale(one));
    await journal.append(() => ({ kind: 'released', commandId: one }));
    await journal.append(() => ({ kind: 'refused', commandId: one, refusal: { code: 'total-mismatch' }, isKnown: true }));
    expect([...journal.book.sales.values()].filter(isException)).toHaveLength(1);
  });
});

describe('what a till may take on cards alone', () => {
  const none = { sumMinor: 0, count: 0 };
  it.each([
    [5_000, none, undefined],
    [5_001, none, 'per-sale'],
    [2_000, { sumMinor: 148_001, count: 40, since: 0 }, 'sum'],
    [1, { sumMinor: 200, count: 200, since: 0 }, 'count'],
    [1, { sumMinor: 1, count: 1, since: -someLimits.ageMs - 1 }, 'age'],
    [0, { sumMinor: 900_000, count: 900, since: -1e12 }, undefined],
  ])('%d on cards with %j outstanding: %s', (cardMinor, exposure, exceeded) => {
    expect(exceededBy(cardMinor, exposure, someLimits, 0)).toBe(exceeded);
  });

  it('counts what has left the shop and is not confirmed, and nothing else', async () => {
    const journal = newJournal();
    for (const id of ['gone', 'kept', 'cash'] as CommandId[]) await journal.append(aSale(id, id === 'cash' ? 'cash' : 'card'));
    for (const id of ['gone', 'cash'] as CommandId[]) await journal.append(() => ({ kind: 'released', commandId: id }));
    expect(exposureOf(journal.book)).toMatchObject({ sumMinor: 598, count: 1 });
    await journal.append(() => ({ kind: 'accepted', commandId: 'gone' as CommandId, saleId: 's' }));
    expect(exposureOf(journal.book)).toEqual({ sumMinor: 0, count: 0 });
  });
});
