import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Principal, TokenVerifier } from '@checkout/auth';
import type { receipt as contracts } from '@checkout/contracts';
import { createHttpApp, type HttpApp } from '@checkout/http';
import { uuidv7 } from '@checkout/kernel';
import { Pipeline, type Outbound, type Work } from '@checkout/messaging';
import { createLogger, Health } from '@checkout/observability';
import { Conflict, Database } from '@checkout/sql';
import { startTestDatabase, type TestDatabase } from '@checkout/sql/testing';
import type { Change, Need, ReceiptEvent } from './application/ports.ts';
import type { Receipts } from './domain/receipts.ts';
import { receipt } from './receipt.module.ts';
import { SqlReceipts } from './store/sql-receipts.ts';
import { aShiftEntry, paid, saleOf, storeId, tenantId, tillId } from './testing.ts';
import { ReceiptConsumer } from './transport/receipt.consumer.ts';

type Line = Pipeline<Need, Receipts, Change, ReceiptEvent>;

const logger = createLogger({ service: 'test', level: 'silent' });
const callers: Record<string, Principal> = {
  till: { tenantId, subject: 'till', storeId, tillId, roles: ['till'] },
  sre: { tenantId, subject: 'sam', roles: ['sre'] },
};

let server: TestDatabase;
let database: Database;
let line: Line | undefined;
let app: HttpApp;
let consumer: ReceiptConsumer;
const sent: Outbound[] = [];

/** The whole service on the SQL stand-in; only the bus and the identity provider are ours. */
beforeAll(async () => {
  const here = import.meta.dirname;
  server = await startTestDatabase([join(here, '../../../libs/messaging/migrations'), join(here, 'store/migrations')], 'receipt');
  database = Database.open({ connectionString: server.connectionString, name: 'receipt' });
  const bus = { send: (messages: readonly Outbound[]) => Promise.resolve(void sent.push(...messages)) };
  const { module } = receipt({
    environment: { ORCHESTRATOR_URL: 'http://127.0.0.1:9', REFUND_WINDOW_DAYS: 365 } as Parameters<typeof receipt>[0]['environment'],
    logger,
    reads: database,
    pipeline: (parts) => {
      const made = new Pipeline({ service: 'receipt', database, bus, logger, ...parts });
      // The first is what the bus feeds, as in a service that runs.
      line ??= made as unknown as Line;
      return made;
    },
  });
  const verifier = { verify: (header: string) => callers[header] } as unknown as TokenVerifier;
  app = await createHttpApp(module, { logger, health: new Health('receipt'), verifier });
  consumer = app.nest.get(ReceiptConsumer);
});
afterAll(async () => {
  await app.close();
  await line?.close();
  await database.close();
  await server[Symbol.asyncDispose]();
});
beforeEach(() => void sent.splice(0));

/** As the bus brings a message. */
function receive(message: contracts.IssueReceipt, id = uuidv7(), by = line): Promise<void> {
  return new Promise((resolve, reject) => {
    by?.take({
      handler: consumer.issueReceipt() as unknown as Work<Need, Receipts, Change, ReceiptEvent>['handler'],
      message,
      envelope: { id, source: '/services/orchestrator', type: message.type, time: '', tenantId, storeId },
      isFromBus: true,
      done: (result) => (result.ok ? resolve() : reject(result.error as Error)),
    });
  });
}

const get = (url: string, caller: string) => app.fastify.inject({ url, headers: { authorization: caller } });
const post = (url: string, key: string, payload: object) => app.fastify.inject({ method: 'POST', url, headers: { authorization: 'till', 'idempotency-key': key }, payload });
const sentOf = (type: string) => sent.filter(({ envelope }) => envelope.type === type);

describe('receipt', () => {
  it('numbers a hundred sales from one to a hundred', async () => {
    await Promise.all(Array.from({ length: 100 }, (_, index) => receive(paid(`sale ${index}`))));

    const sequences = sentOf('sale.completed.v1').map(({ bodyJson }) => (JSON.parse(bodyJson) as { receiptSequence: number }).receiptSequence);
    expect(sequences.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    expect((await get(`/v1/journal/${storeId}/check`, 'sre')).json()).toMatchObject({ ok: true, series: [{ lastNumber: 100, sales: 100 }] });
  });

  it('K29 gives a sale one number, though its command comes twice at once and once more', async () => {
    await Promise.all([receive(paid('twin')), receive(paid('twin'))]);
    await receive(paid('twin'));

    const answers = sentOf('receipt.receipt-issued.v1').map(({ bodyJson }) => bodyJson);
    expect(answers).toHaveLength(3);
    expect(new Set(answers).size).toBe(1);
    expect(sentOf('sale.completed.v1')).toHaveLength(1);
    expect((await get(`/v1/journal/${storeId}/check`, 'sre')).json()).toMatchObject({ ok: true, series: [{ lastNumber: 101 }] });
  });

  it('K30 numbers one store from two instances at once, without a gap or a double', async () => {
    // given: a second instance takes the store over while the first still works on what it had
    const [{ lastNumber }] = ((await get(`/v1/journal/${storeId}/check`, 'sre')).json() as { series: [{ lastNumber: number }] }).series;
    const other = Database.open({ connectionString: server.connectionString, name: 'receipt' });
    const bus = { send: (messages: readonly Outbound[]) => Promise.resolve(void sent.push(...messages)) };
    const second: Line = new Pipeline({ service: 'receipt', database: other, bus, logger, store: new SqlReceipts() });

    // when: in many small batches, so that they meet often
    const delivered = async (message: contracts.IssueReceipt, by: Line | undefined): Promise<void> => {
      const id = uuidv7();
      // Who has met the other too often lets go of the message, and the bus brings it again, to be counted among twenty deliveries.
      for (let delivery = 1; ; delivery += 1) {
        const error = await receive(message, id, by).then(() => undefined, (refusal: unknown) => refusal);
        if (error === undefined) return;
        if (!(error instanceof Conflict) || delivery === 20) throw error;
        await sleep(delivery * 5);
      }
    };
    const byEach = (by: Line | undefined, name: string) => Array.from({ length: 10 }, (_, batch) => sleep(batch * 5).then(() => Promise.all([0, 1, 2].map((n) => delivered(paid(`${name} ${batch} ${n}`), by)))));
    await Promise.all([...byEach(line, 'first'), ...byEach(second, 'second')]);
    await second.close();
    await other.close();

    // then
    const sequences = sentOf('sale.completed.v1').map(({ bodyJson }) => (JSON.parse(bodyJson) as { receiptSequence: number }).receiptSequence);
    expect(sequences.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, index) => lastNumber + index + 1));
    expect((await get(`/v1/journal/${storeId}/check`, 'sre')).json()).toMatchObject({ ok: true, series: [{ lastNumber: lastNumber + 60 }] });
  });

  it('prints what it numbered', async () => {
    await receive(paid('printed'));
    const response = await get(`/v1/receipts/${saleOf('printed')}?format=text`, 'till');
    expect(response.body).toMatch(/Receipt S-0001\d\d/);
    expect(response.body).toContain('TOTAL GBP                             5.98');
  });

  it('gives back what was sold, and tells a card number among the reasons that it is none', async () => {
    await receive(paid('brought back'));
    const refund = { saleId: saleOf('brought back'), lines: [{ line: 1, quantity: 1, goods: 'restock' }], totalMinor: 299, reason: 'Customer of card 4111 1111 1111 1111' };
    const key = uuidv7();
    const refused = await post('/v1/refunds', key, refund);
    expect([refused.statusCode, refused.json()]).toMatchObject([422, { code: 'pan-detected' }]);
    expect((await get(`/v1/refunds/${key}`, 'till')).statusCode).toBe(404);
    expect((await post('/v1/refunds', key, { ...refund, reason: 'Not wanted' })).statusCode).toBe(202);
  });

  it('keeps a drawer entry by entry, free of card numbers, and no second one under the key of another', async () => {
    const key = uuidv7();
    const moved = aShiftEntry.moved('out', 2_000);
    expect((await post('/v1/shifts/entries', key, { ...moved, reason: '4111111111111111' })).json()).toMatchObject({ code: 'pan-detected' });
    expect((await post('/v1/shifts/entries', key, moved)).json()).toMatchObject({ figures: { cashOutMinor: 2_000 } });
    expect((await post('/v1/shifts/entries', key, moved)).json()).toMatchObject({ figures: { cashOutMinor: 2_000 } });
    const other = await post('/v1/shifts/entries', key, aShiftEntry.moved('out', 3_000));
    expect([other.statusCode, other.json()]).toMatchObject([409, { code: 'idempotency-key-reused' }]);
  });
});
