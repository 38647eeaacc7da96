import { join } from 'node:path';
import type { Principal, TokenVerifier } from '@checkout/auth';
import type { Message } from '@checkout/contracts';
import { aCheckout } from '@checkout/contracts/testing';
import { createHttpApp, type HttpApp } from '@checkout/http';
import { seconds, uuidv7, type StoreId, type TenantId } from '@checkout/kernel';
import { Pipeline, type Outbound } from '@checkout/messaging';
import { createLogger, Health } from '@checkout/observability';
import { Database } from '@checkout/sql';
import { startTestDatabase, type TestDatabase } from '@checkout/sql/testing';
import { ContinueCheckout, type Reply } from './application/continue-checkout.ts';
import type { CheckoutHandler, Checkouts, Need } from './application/ports.ts';
import { StartCheckout } from './application/start-checkout.ts';
import type { Change } from './domain/checkout.ts';
import type { Start } from './domain/start-message.ts';
import { orchestrator } from './orchestrator.module.ts';
import { aSale } from './testing.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const callers: Record<string, Principal> = {
  till: { tenantId: 'acme' as TenantId, storeId: 'LEEDS-01' as StoreId, subject: 'till', roles: ['till'] },
  stranger: { tenantId: 'other' as TenantId, storeId: 'LEEDS-01' as StoreId, subject: 'till', roles: ['till'] },
  sre: { tenantId: 'acme' as TenantId, subject: 'sam', roles: ['sre'] },
};

let server: TestDatabase;
let database: Database;
let line: Pipeline<Need, Checkouts, Change>;
let app: HttpApp;
let background: readonly { start(): void; stop(): void | Promise<void> }[] = [];
let now = Date.parse('2026-01-05T12:00:00.000Z');
const sent: Outbound[] = [];

/** The whole service on the SQL stand-in; only the bus, the identity provider and the clock are ours. */
beforeAll(async () => {
  const here = import.meta.dirname;
  server = await startTestDatabase([join(here, '../../../libs/messaging/migrations'), join(here, 'store/migrations')], 'orchestrator');
  database = Database.open({ connectionString: server.connectionString, name: 'orchestrator' });
  const bus = { send: (messages: readonly Outbound[]) => Promise.resolve(void sent.push(...messages)) };
  const assembled = orchestrator({
    logger,
    database,
    reads: database,
    express: () => { throw new Error('not used here'); },
    pipeline: (parts) => {
      const made = new Pipeline({ service: 'orchestrator', database, bus, logger, clock: () => now, ...parts });
      line = made as unknown as typeof line;
      return made;
    },
  });
  background = assembled.background ?? [];
  const verifier = { verify: (header: string) => callers[header] } as unknown as TokenVerifier;
  app = await createHttpApp(assembled.module, { logger, health: new Health('orchestrator'), verifier });
});
afterAll(async () => {
  await app.close();
  await line.close();
  await database.close();
  await server[Symbol.asyncDispose]();
});
beforeEach(() => void sent.splice(0));

/** As the bus brings a message; the id is the delivery's, so that the same one again is a redelivery. */
function receive<M extends Message<string, Pick<Start, 'tenantId' | 'storeId' | 'saleId'>>>(handler: CheckoutHandler<M>, message: M, id = uuidv7()): Promise<void> {
  return new Promise((resolve, reject) => {
    line.take({
      handler: handler as unknown as CheckoutHandler<Message>,
      message,
      envelope: { id, source: '/services/test', type: message.type, time: '', ...message.body },
      isFromBus: true,
      done: (result) => (result.ok ? resolve() : reject(result.error as Error)),
    });
  });
}
const begin = (sale: ReturnType<typeof aSale>, id?: string) => receive(new StartCheckout(), sale.request, id);
const answer = (reply: Reply, id?: string) => receive(new ContinueCheckout(), reply, id);
const get = (url: string, caller = 'till') => app.fastify.inject({ url, headers: { authorization: caller } });
const typesSent = () => sent.map(({ envelope }) => envelope.type);

describe('the orchestrator', () => {
  it('takes a sale from its request to its end, and can tell how it went', async () => {
    const sale = aSale();
    await begin(sale);
    for (const reply of [sale.reserved, sale.authorized, sale.captured, sale.issued, sale.committed]) await answer(reply);
    expect(typesSent()).toEqual([
      'inventory.reserve-stock.v1', 'payment.authorize-payment.v1', 'payment.capture-payment.v1', 'inventory.commit-stock.v1', 'receipt.issue-receipt.v1',
      'checkout.checkout-completed.v1',
    ]);
    const story = (await get(`/v1/checkouts/${sale.start.saleId}/timeline`)).json<{ entries: { event: string; step?: string }[] }>();
    expect(story.entries.map(({ event, step }) => step ?? event)).toEqual(['started', 'reserve stock', 'authorize payment', 'capture payment', 'issue receipt', 'commit stock', 'completed']);
  });

  it('streams a sale that ends, as server-sent events', async () => {
    const sale = aSale();
    await begin(sale);
    await answer(sale.short);
    const { headers, body } = await get(`/v1/checkouts/${sale.start.saleId}/events`);
    expect(headers['content-type']).toBe('text/event-stream');
    expect(body.match(/^event: .*$/gm)).toEqual(['event: started', 'event: refused', 'event: cancelled']);
  });

  it('begins a sale once, though its request comes a hundred times at once and by different ways', async () => {
    const sale = aSale();
    await Promise.all(Array.from({ length: 100 }, () => begin(sale)));
    expect(typesSent()).toEqual(['inventory.reserve-stock.v1']);
  });

  it('does not go on twice when a reply is delivered twice, under its own id or under another', async () => {
    const sale = aSale();
    await begin(sale);
    await answer(sale.reserved, 'delivery-1');
    await answer(sale.reserved, 'delivery-1');
    await answer(sale.reserved, 'delivery-2');
    expect(typesSent()).toEqual(['inventory.reserve-stock.v1', 'payment.authorize-payment.v1']);
  });

  it('lets an invalid message fail alone in its batch', async () => {
    const [good, bad] = [aSale(), aSale(aCheckout({ totalMinor: 1, tenders: [{ type: 'cash', amountMinor: 1, tenderedMinor: 1 }] }))];
    const outcomes = await Promise.allSettled([begin(good), begin(bad), answer(aSale().reserved)]);
    expect(outcomes).toMatchObject([{ status: 'fulfilled' }, { status: 'rejected', reason: { code: 'total-mismatch' } }, { status: 'rejected', reason: { code: 'unknown-saga' } }]);
    expect((await get(`/v1/checkouts/${good.start.saleId}/timeline`)).statusCode).toBe(200);
  });

  /** Lets ten minutes pass, and the timers that are due then do their work. */
  async function letTimersCome(timesMore: number, meanwhile: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    for (let asks = 0; asks < timesMore; asks += 1) {
      now += seconds(600);
      await meanwhile();
      const before = sent.length;
      for (const each of background) each.start();
      for (let tries = 0; sent.length === before && tries < 500; tries += 1) await new Promise((resolve) => setTimeout(resolve, 20));
      for (const each of background) await each.stop();
    }
  }
  const attentionFor = async ({ start: { saleId } }: ReturnType<typeof aSale>) => {
    const { checkouts } = (await get('/v1/attention', 'sre')).json<{ checkouts: { saleId: string; why: string }[] }>();
    return checkouts.find((each) => each.saleId === saleId);
  };
  const asksAbout = ({ start: { saleId } }: ReturnType<typeof aSale>, type: string): number => sent.filter(({ envelope }) => envelope.saleId === saleId && envelope.type === type).length;

  it('asks again and again, and calls for nobody, while a participant answers no sale at all', async () => {
    const sale = aSale();
    await begin(sale);
    await answer(sale.reserved);
    await letTimersCome(8);
    expect(asksAbout(sale, 'payment.authorize-payment.v1')).toBeGreaterThanOrEqual(5);
    expect(await attentionFor(sale)).toBeUndefined();
    await answer(sale.authorized);
    expect(asksAbout(sale, 'payment.capture-payment.v1')).toBe(1);
  }, 60_000);

  it('asks again when a participant is silent about one sale, and calls for a person when that does not help', async () => {
    const sale = aSale();
    await begin(sale);
    for (const reply of [sale.reserved, sale.authorized]) await answer(reply);
    await letTimersCome(5, async () => {
      const neighbour = aSale();
      await begin(neighbour);
      for (const reply of [neighbour.reserved, neighbour.authorized, neighbour.captured, neighbour.issued, neighbour.committed]) await answer(reply);
    });
    expect(asksAbout(sale, 'payment.capture-payment.v1')).toBeGreaterThanOrEqual(6);
    expect(await attentionFor(sale)).toMatchObject({ why: 'capture payment: no answer', phase: 'forward' });
  }, 60_000);

  it('keeps two tenants apart', async () => {
    const sale = aSale();
    await begin(sale);
    expect((await get(`/v1/checkouts/${sale.start.saleId}/timeline`, 'stranger')).statusCode).toBe(404);
  });
});
