import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Message } from '@checkout/contracts';
import { aCheckout } from '@checkout/contracts/testing';
import { seconds, uuidv7, type StoreId } from '@checkout/kernel';
import { Pipeline, type Outbound } from '@checkout/messaging';
import { createLogger } from '@checkout/observability';
import { Database } from '@checkout/sql';
import { startTestDatabase, type TestDatabase } from '@checkout/sql/testing';
import { ContinueCheckout } from './application/continue-checkout.ts';
import type { CheckoutHandler, Checkouts, Need } from './application/ports.ts';
import { StartCheckout } from './application/start-checkout.ts';
import type { Change } from './domain/checkout.ts';
import { orchestrator } from './orchestrator.module.ts';
import { aSale } from './testing.ts';

/** Instances of the orchestrator that come and go, on one database of the SQL stand-in; the clock and the bus are ours. */
let server: TestDatabase;
beforeAll(async () => {
  const here = import.meta.dirname;
  server = await startTestDatabase([join(here, '../../../libs/messaging/migrations'), join(here, 'store/migrations')], 'orchestrator');
});
afterAll(() => server[Symbol.asyncDispose]());

const logger = createLogger({ service: 'test', level: 'silent' });
type Sale = ReturnType<typeof aSale>;
let now = Date.parse('2026-01-05T12:00:00.000Z');
const sent: Outbound[] = [];
const sentAbout = ({ start }: Sale) => sent.filter(({ envelope }) => envelope.saleId === start.saleId).map(({ envelope }) => envelope.type);

function open({ beforeCommit = () => Promise.resolve() }: { readonly beforeCommit?: () => Promise<void> } = {}) {
  const database = Database.open({ connectionString: server.connectionString, name: 'orchestrator' });
  const bus = { send: (messages: readonly Outbound[]) => Promise.resolve(void sent.push(...messages)) };
  const watched: Pick<Database, 'queries' | 'commit'> = {
    queries: (rows, statement) => database.queries(rows, statement),
    commit: async (work) => {
      await beforeCommit();
      await database.commit(work);
    },
  };
  let line: Pipeline<Need, Checkouts, Change> | undefined;
  const { background = [] } = orchestrator({
    logger,
    database,
    reads: database,
    express: () => { throw new Error('not used here'); },
    pipeline: (parts) => {
      const made = new Pipeline({ service: 'orchestrator', database: watched, bus, logger, clock: () => now, ...parts });
      line = made as unknown as typeof line;
      return made;
    },
  });
  const receive = <M extends Message<string, { readonly tenantId: Sale['start']['tenantId'] }>>(handler: CheckoutHandler<M>, message: M) =>
    new Promise<void>((resolve, reject) => {
      line?.take({
        handler: handler as unknown as CheckoutHandler<Message>,
        message,
        envelope: { id: uuidv7(), source: '/services/test', type: message.type, time: '', ...message.body },
        isFromBus: true,
        done: (result) => (result.ok ? resolve() : reject(result.error as Error)),
      });
    });
  return {
    begin: (sale: Sale) => receive(new StartCheckout(), sale.request),
    answer: (reply: Parameters<ContinueCheckout['needs']>[0]) => receive(new ContinueCheckout(), reply),
    letTimersCome: () => background.forEach((each) => each.start()),
    async close() {
      await Promise.all(background.map((each) => each.stop()));
      await line?.close();
      await database.close();
    },
  };
}

async function until(condition: () => boolean, withinMs = 20_000): Promise<void> {
  for (const giveUpAt = performance.now() + withinMs; performance.now() < giveUpAt; await sleep(20)) if (condition()) return;
  throw new Error('it did not happen in time');
}

/** A door before a commit: somebody stands before it, and is let through. */
function aDoor() {
  const [stands, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  return { reached: stands.promise, open: opened.resolve, beforeCommit: () => (stands.resolve(), opened.promise) };
}

const asked = 'inventory.reserve-stock.v1';
const wentOn = 'payment.authorize-payment.v1';

describe('a reply and the timer that waits for it, both due and each at another instance', () => {
  it('K14 go on once when the reply is first: the timer has been set anew, and means nothing', async () => {
    // given
    const [sale, door] = [aSale(), aDoor()];
    const [first, second] = [open(), open(door)];
    await first.begin(sale);
    now += seconds(10);
    second.letTimersCome();
    await door.reached;

    // when
    await first.answer(sale.reserved);
    door.open();
    await second.close();

    // then
    expect(sentAbout(sale)).toEqual([asked, wentOn]);
    await first.close();
  });

  it('K14 go on once when the timer is first: what was asked is asked again, and the reply counts', async () => {
    // given
    const [sale, door] = [aSale(), aDoor()];
    const [first, second] = [open(), open(door)];
    await first.begin(sale);
    now += seconds(10);
    const answered = second.answer(sale.reserved);
    await door.reached;

    // when
    first.letTimersCome();
    await until(() => sentAbout(sale).length === 2);
    door.open();
    await answered;

    // then
    await Promise.all([first, second].map((each) => each.close()));
    expect(sentAbout(sale)).toEqual([asked, asked, wentOn]);
  });
});

describe('after half an hour without any orchestrator', () => {
  it('K16, B27 what came meanwhile is gone through, and each timer that was missed comes once, though two begin again at once', async () => {
    // given
    const [heard, unheard] = [Array.from({ length: 10 }, () => aSale()), Array.from({ length: 10 }, () => aSale())];
    const gone = open();
    await Promise.all([...heard, ...unheard].map((sale) => gone.begin(sale)));
    await gone.close();
    now += seconds(30 * 60);

    // when: each has a part of the backlog, and looks for timers at the same time
    const [first, second] = [open(), open()];
    for (const each of [first, second]) each.letTimersCome();
    await Promise.all(heard.map((sale, index) => (index % 2 === 0 ? first : second).answer(sale.reserved)));
    await until(() => unheard.every((sale) => sentAbout(sale).length > 1));
    // Two further looks at least, which find nothing.
    await sleep(2_500);
    await Promise.all([first, second].map((each) => each.close()));

    // then
    expect(heard.map((sale) => sentAbout(sale).filter((type) => type === wentOn))).toEqual(heard.map(() => [wentOn]));
    expect(unheard.map(sentAbout)).toEqual(unheard.map(() => [asked, asked]));
  });

  it('a few sales of a store ask again for all, because who answers nobody has their first requests before it', async () => {
    // given
    const waiting = Array.from({ length: 100 }, () => aSale(aCheckout({ storeId: 'LEEDS-02' as StoreId })));
    const gone = open();
    await Promise.all(waiting.map((sale) => gone.begin(sale)));
    await gone.close();
    now += seconds(30 * 60);
    const asking = () => waiting.filter((sale) => sentAbout(sale).length > 1).length;

    // when
    const back = open();
    back.letTimersCome();
    await until(() => asking() >= 20);
    await sleep(2_500);
    await back.close();

    // then
    expect(asking()).toBeLessThanOrEqual(22);
  });
});
