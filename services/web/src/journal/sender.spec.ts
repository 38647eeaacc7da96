import type { http } from '@checkout/contracts';
import type { CommandId } from '@checkout/kernel';
import { noAnswer, type Told } from '../api/answer.ts';
import { unfinished } from './book.ts';
import { Sender, type Contact } from './sender.ts';
import { aSale, newJournal, someLimits } from './testing.ts';

const ids = (count: number): CommandId[] => Array.from({ length: count }, (_, index) => `sale-${index}` as CommandId);
const status = (commandId: CommandId, state: http.CheckoutState): Told => ({ kind: 'status', status: { checkoutId: commandId, saleId: commandId, state } as unknown as http.CheckoutStatus });
const down: Told = { kind: 'later', isKnown: true, retryAfterMs: 0, why: { code: 'dependency-unavailable' } };

/** A sender whose time passes only while it sleeps, until nothing is open or the attempts are used up. */
async function sent(count: number, answer: (commandId: CommandId, attempt: number, attempts: readonly CommandId[], now: number) => Told, { limits = someLimits, attempts: most = 200, released = false } = {}) {
  const journal = newJournal();
  for (const commandId of ids(count)) {
    await journal.append(aSale(commandId));
    if (released) await journal.append(() => ({ kind: 'released', commandId }));
  }
  const attempts: CommandId[] = [];
  const contacts: Contact['kind'][] = [];
  const stopping = new AbortController();
  let now = 0;
  // Given to the sender only once it runs: what is there at the start may have been sent before.
  const sender = new Sender({
    journal, limits: () => limits, now: () => now, random: () => 1,
    sell: (commandId) => {
      attempts.push(commandId);
      return Promise.resolve(answer(commandId, attempts.filter((each) => each === commandId).length, attempts, now));
    },
    onNews: ({ kind }) => void contacts.push(kind),
    sleep: (ms) => {
      now += ms;
      if (unfinished(journal.book).length === 0 || attempts.length >= most) stopping.abort();
      return Promise.resolve();
    },
  });
  await sender.run(stopping.signal);
  return { journal, attempts, contacts, now };
}

it('sends in the order of the sales and asks again until each has ended', async () => {
  const { journal, attempts } = await sent(3, (commandId, attempt) => status(commandId, attempt < 3 ? 'accepted' : 'completed'));
  expect(attempts.slice(0, 3)).toEqual(ids(3));
  expect([...journal.book.sales.values()].map(({ standing }) => standing.state)).toEqual(['ended', 'ended', 'ended']);
});

it('goes on asking after a sale that a person has to look into', async () => {
  const { journal } = await sent(1, (commandId, attempt) => status(commandId, attempt < 5 ? 'needs-attention' : 'completed'));
  expect(journal.book.sales.get('sale-0' as CommandId)?.standing).toMatchObject({ state: 'ended', status: { state: 'completed' } });
});

it('keeps every sale through an outage, however it shows itself, and loses and repeats none', async () => {
  const { journal, contacts } = await sent(10, (commandId, _attempt, { length }) => (length <= 40 ? noAnswer : status(commandId, 'completed')), { released: true });
  expect([...journal.book.sales.values()].every(({ standing }) => standing.state === 'ended')).toBe(true);
  expect([contacts[0], contacts.at(-1)]).toEqual(['lost', 'well']);
});

it('lets 199 of 200 sales through when one can never be taken', async () => {
  const poison = 'sale-3';
  const { journal } = await sent(200, (commandId) => (commandId === poison ? { kind: 'later', isKnown: false, retryAfterMs: 0, why: { code: 'internal' } } : status(commandId, 'completed')), { attempts: 1_000, released: true });
  const states = [...journal.book.sales.values()].map(({ standing }) => standing.state);
  expect([states.filter((state) => state === 'ended').length, states.filter((state) => state === 'parked').length]).toEqual([199, 1]);
});

it('never takes a sale back that may have arrived', async () => {
  const tight = { ...someLimits, perSaleMinor: 100 };
  const { journal } = await sent(1, () => down, { limits: tight, attempts: 20 });
  expect([...journal.book.sales.values()].map(({ standing }) => standing.state)).toEqual(['waiting']);
});

it('takes a card sale above the limit back when it is certain that nothing was accepted', async () => {
  const journal = newJournal();
  const stopping = new AbortController();
  const sender = new Sender({
    journal, limits: () => ({ ...someLimits, perSaleMinor: 100 }), now: () => 0, random: () => 1, onNews: () => {}, sell: () => Promise.resolve(down),
    sleep: async () => {
      if (journal.book.sales.size === 0) await journal.append(aSale('one' as CommandId));
      else stopping.abort();
    },
  });
  await sender.run(stopping.signal);
  expect(journal.book.sales.get('one' as CommandId)?.standing).toEqual({ state: 'withdrawn' });
});

it('does not send what was refused, and goes on', async () => {
  const { journal, attempts } = await sent(2, (commandId) => (commandId === 'sale-0' ? { kind: 'refused', refusal: { code: 'total-mismatch' } } : status(commandId, 'completed')));
  expect(attempts).toEqual(ids(2));
  expect(journal.book.sales.get('sale-0' as CommandId)?.standing).toMatchObject({ state: 'parked', refusal: { code: 'total-mismatch' }, isKnown: true });
});

it('T08 brings in the 300 sales of a day alone in their order, at the pace at which the back end takes them', async () => {
  // given: a back end that takes one sale of this till in six seconds, since 200 tills come back at once
  const everyMs = 6_000;
  let nextAt = 0;
  const stored: CommandId[] = [];
  const answer = (commandId: CommandId, now: number): Told => {
    if (now < nextAt) return { kind: 'later', isKnown: true, retryAfterMs: nextAt - now, why: { code: 'rate-limited' } };
    nextAt = now + everyMs;
    stored.push(commandId);
    return status(commandId, 'completed');
  };

  // when
  const { journal, now } = await sent(300, (commandId, _attempt, _attempts, at) => answer(commandId, at), { attempts: 10_000, released: true });

  // then: all are there, none twice, none overtaken, and no pace is given away
  expect(stored).toEqual(ids(300));
  expect(unfinished(journal.book)).toEqual([]);
  expect(now).toBeLessThan(300 * everyMs * 1.1);
});

it('T12 goes on asking after a sale when the clock of the till is put back a day', async () => {
  const journal = newJournal();
  await journal.append(aSale('one' as CommandId));
  const stopping = new AbortController();
  let now = 86_400_000;
  let asked = 0;
  let rests = 0;
  const sender = new Sender({
    journal, limits: () => someLimits, now: () => now, random: () => 1, onNews: () => {},
    sell: (commandId) => Promise.resolve(status(commandId, (asked += 1) < 3 ? 'accepted' : 'completed')),
    sleep: (ms) => {
      now += ms;
      if (asked === 2) now = 0;
      // Far more than an end is waited for, and far less than a day.
      if ((rests += 1) > 50 || unfinished(journal.book).length === 0) stopping.abort();
      return Promise.resolve();
    },
  });
  await sender.run(stopping.signal);
  expect(journal.book.sales.get('one' as CommandId)?.standing).toMatchObject({ state: 'ended', status: { state: 'completed' } });
});
