import 'reflect-metadata';
import { spawn, type ChildProcess } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { operations, payment as contracts, type Message } from '@checkout/contracts';
import { nameBasedUuid, uuidv7, type SaleId } from '@checkout/kernel';
import { startProvider, type LedgerEntry, type RunningProvider } from '@checkout/local-provider';
import { sql } from '@checkout/sql';
import { startTestDatabase, type TestDatabase } from '@checkout/sql/testing';
import { z } from 'zod';
import { authorizePayment } from './application/authorize-payment.ts';
import { capturePayment } from './application/capture-payment.ts';
import { refundPayment } from './application/refund-payment.ts';
import { voidPayment } from './application/void-payment.ts';
import { SqlPaymentReader } from './store/sql-payment-reader.ts';
import { card, onCard, refundIdOf, sale } from './testing.ts';
import { instance } from './testing/instance.ts';

/** Payment is killed (`kill -9`) over money that a customer has promised or given; another instance goes on. Database and provider are the stand-ins. */
let directory: string;
let provider: RunningProvider;
let server: TestDatabase;
let next: ReturnType<typeof instance>;
const processes: ChildProcess[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'checkout-payment-'));
  provider = await startProvider({ directory, latencyMs: 5 });
  server = await startTestDatabase([join(import.meta.dirname, '../../../libs/messaging/migrations'), join(import.meta.dirname, 'store/migrations')], 'payment');
  next = instance({ connectionString: server.connectionString, providerUrl: provider.url });
}, 60_000);
afterAll(async () => {
  for (const each of processes) each.kill('SIGKILL');
  await next.stop();
  await server[Symbol.asyncDispose]();
  await provider.close();
  await rm(directory, { recursive: true, force: true });
}, 60_000);

function begin(told: Readonly<Record<string, string>>): ChildProcess {
  const child = spawn(process.execPath, ['--conditions=@checkout/source', '--disable-warning=ExperimentalWarning', '--import', './tools/swc-hook.mjs', 'services/payment/src/testing/payment-process.ts'], {
    cwd: join(import.meta.dirname, '../../..'), env: { PATH: process.env['PATH'], SQL: server.connectionString, PROVIDER: provider.url, ...told }, stdio: ['ignore', 'pipe', 'inherit'],
  });
  processes.push(child);
  return child;
}
async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
}
async function until<T>(read: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (const giveUpAt = Date.now() + 60_000; Date.now() < giveUpAt; await sleep(50)) {
    const value = await read();
    if (value !== undefined) return value;
  }
  throw new Error('it did not happen in time');
}

const newSale = () => ({ ...sale, saleId: uuidv7() as SaleId });
const post = (path: string, body: object, key = uuidv7()) => fetch(`${provider.url}${path}`, { method: 'POST', body: JSON.stringify(body), headers: { 'idempotency-key': key } });
/** What the provider has done with the money of a sale. */
async function moved(saleId: SaleId): Promise<string[]> {
  const { entries } = (await (await fetch(`${provider.url}/v1/ledger?limit=1000`)).json()) as { entries: LedgerEntry[] };
  return entries.filter(({ reference }) => reference.startsWith(saleId)).map(({ movement, amountMinor }) => `${movement} ${amountMinor}`);
}
async function booked({ tenantId, saleId }: typeof sale): Promise<string[]> {
  const { ledger = [], refunds = [] } = (await new SqlPaymentReader(next.database).read(tenantId, saleId)) ?? {};
  return [...ledger.map(({ kind, amountMinor }) => `${kind} ${amountMinor}`), ...refunds.map(({ state, totalMinor }) => `${state} ${totalMinor}`)];
}
/** What has been told of a sale, by whoever has died and by the next one: its messages, each once however often it is sent. */
async function said(saleId: SaleId, type: string): Promise<string[]> {
  const rows = await next.database.query(z.object({ messages: z.string() }), sql`SELECT messages FROM outbox;`);
  const left = rows.flatMap(({ messages }) => JSON.parse(messages) as { envelope: { id: string; type: string; saleId?: string } }[]).map(({ envelope }) => envelope);
  return [...new Set([...left.filter((each) => each.saleId === saleId), ...next.repliesTo(saleId)].filter((each) => each.type === type).map(({ id }) => id))];
}

async function held(of: typeof sale): Promise<void> {
  await next.deliver(authorizePayment, contracts.AuthorizePayment({ ...of, currency: 'GBP', totalMinor: 400, tenders: [card(400)] }));
  await until(async () => (await said(of.saleId, contracts.PaymentAuthorized.type))[0]);
}
async function taken(of: typeof sale): Promise<void> {
  await held(of);
  await next.deliver(capturePayment, contracts.CapturePayment(of));
  await until(async () => (await said(of.saleId, contracts.PaymentCaptured.type))[0]);
}

interface Movement {
  readonly on: string;
  readonly given: (of: typeof sale) => Promise<void>;
  readonly handler: unknown;
  readonly command: (of: typeof sale) => Message & { body: { tenantId: string } };
  readonly answer: string;
  readonly before: readonly string[];
  readonly adds: string;
}
const movements: readonly Movement[] = [
  { on: 'capture', given: held, handler: capturePayment, command: (of) => contracts.CapturePayment(of), answer: contracts.PaymentCaptured.type, before: ['authorized 400'], adds: 'captured 400' },
  { on: 'void', given: held, handler: voidPayment, command: (of) => contracts.VoidPayment(of), answer: contracts.PaymentVoided.type, before: ['authorized 400'], adds: 'voided 400' },
  {
    on: 'refund', given: taken, handler: refundPayment, answer: contracts.PaymentRefunded.type, before: ['authorized 400', 'captured 400'], adds: 'refunded 300',
    command: (of) => contracts.RefundPayment({ ...of, refundId: refundIdOf(of.saleId), currency: 'GBP', totalMinor: 300, parts: [onCard(1, 300)] }),
  },
];

interface Moment {
  readonly title: string;
  /** Around which commit; the question is stored by the first, the answer by the second. Undefined while the provider's answer is on its way. */
  readonly dies?: string;
  readonly hasMoved: boolean;
}
const moments: readonly Moment[] = [
  { title: 'before its question is stored', dies: 'before 1', hasMoved: false },
  { title: 'with its question stored and not asked', dies: 'after 1', hasMoved: false },
  { title: 'with its question at the provider and no answer', hasMoved: true },
  { title: 'with the answer heard and not stored', dies: 'before 2', hasMoved: true },
  { title: 'with the answer stored and nobody told', dies: 'after 2', hasMoved: true },
];

describe('payment is killed', () => {
  const deaths = movements.flatMap((movement) => moments.map((moment) => ({ movement, moment, of: newSale(), id: uuidv7() })));
  const left = new Map<object, string[]>();

  beforeAll(async () => {
    for (const { title } of moments) await Promise.all(deaths.filter(({ moment }) => moment.title === title).map(async (death) => {
      const { movement: { given, command, before }, moment: { dies }, of, id } = death;
      await given(of);
      if (dies === undefined) await post('/faults', deaths.filter((each) => each.moment.dies === undefined).map((each) => ({ on: each.movement.on, reference: each.of.saleId, effect: 'done', reply: 'lost' })));
      const child = begin({ WORK: JSON.stringify({ id, message: command(of) }), ...(dies !== undefined && { DIES: dies }) });
      if (dies === undefined) {
        await until(async () => ((await moved(of.saleId)).length > before.length ? true : undefined));
        child.kill('SIGKILL');
      }
      await killed(child);
      left.set(death, await moved(of.saleId));
    }));
    // As the bus does with what nobody has completed; and the next instance looks after what the dead one had asked.
    next.start();
    await Promise.all(deaths.map(({ movement: { handler, command }, of, id }) => next.deliver(handler, command(of), id)));
  }, 180_000);

  it.each(deaths.map((death) => [death.movement.on, death.moment.title, death] as const))('K25 over a %s, %s: the money moves once, and both books agree', async (_on, _title, death) => {
    const { movement: { answer, before, adds }, moment: { hasMoved }, of } = death;
    expect(left.get(death)).toEqual(hasMoved ? [...before, adds] : before);
    const answers = await until(async () => ((await said(of.saleId, answer)).length > 0 ? said(of.saleId, answer) : undefined));
    expect(answers).toHaveLength(1);
    expect(await moved(of.saleId)).toEqual([...before, adds]);
    expect((await booked(of)).toSorted()).toEqual([...before, adds].toSorted());
  }, 90_000);
});

describe('a webhook to a process that is killed', () => {
  const secret = `whsec_${Buffer.from('a secret of at least twenty-four bytes').toString('base64')}`;

  it.each([
    ['K26 before what it says is stored: it is not said to be taken, and counts when it comes again', 'before 1', [], 'applied'],
    ['K27 with what it says stored, before it is told so: it counts once, and is taken when it comes again', 'after 1', ['authorized 400'], 'repeated'],
  ] as const)('%s', async (_, dies, leaves, fate) => {
    // given: nobody knows whether the card holds the money
    const of = newSale();
    const deaf = instance({ connectionString: server.connectionString, providerUrl: provider.url, isDeaf: true });
    await deaf.deliver(authorizePayment, contracts.AuthorizePayment({ ...of, currency: 'GBP', totalMinor: 400, tenders: [card(400)] }));
    await deaf.stop();
    const { id } = (await (await post('/v1/authorizations', { merchantAccount: of.tenantId, reference: `${of.saleId}:1`, amountMinor: 400, currency: 'GBP', cardToken: 'tok_visa_1' }, nameBasedUuid(of.saleId))).json()) as { id: string };
    const body = JSON.stringify({ type: 'authorization.authorized', isTest: true, data: { id, status: 'authorized', amountMinor: 400, currency: 'GBP', reference: `${of.saleId}:1`, merchantAccount: of.tenantId, capturedMinor: 0 } });
    const tell = async (port: string) => {
      const timestamp = String(Math.floor(Date.now() / 1_000));
      const signature = createHmac('sha256', Buffer.from(secret.slice(6), 'base64')).update(`${of.saleId}.${timestamp}.${body}`).digest('base64');
      const response = await fetch(`http://127.0.0.1:${port}/v1/provider-webhooks`, { method: 'POST', body, headers: { 'content-type': 'application/json', 'webhook-id': of.saleId, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` } });
      return { status: response.status, body: (await response.json()) as object };
    };
    const listening = async (child: ChildProcess) => String(((await once(child.stdout ?? child, 'data')) as [Buffer])[0]).trim();

    // when
    const child = begin({ SECRET: secret, DIES: dies });
    await expect(tell(await listening(child))).rejects.toThrow('fetch failed');
    await killed(child);

    // then
    expect(await booked(of)).toEqual(leaves);
    const port = await listening(begin({ SECRET: secret }));
    expect(await tell(port)).toEqual({ status: 200, body: { fate } });
    expect(await tell(port)).toEqual({ status: 200, body: { fate: 'repeated' } });
    expect(await booked(of)).toEqual(['authorized 400']);
  }, 90_000);
});

it('K34 killed while it compares the books: the next run compares them all again, and a person is called once for each difference', async () => {
  // given: the provider has taken twice what nobody here has asked it to
  const differing = [newSale(), newSale()];
  for (const of of differing) {
    await held(of);
    const { entries } = (await (await fetch(`${provider.url}/v1/ledger?limit=1000`)).json()) as { entries: LedgerEntry[] };
    const { authorizationId = '' } = entries.find(({ reference }) => reference.startsWith(of.saleId)) ?? {};
    expect((await post(`/v1/authorizations/${authorizationId}/capture`, { amountMinor: 400 })).status).toBe(200);
  }

  // when: with the first difference told
  await killed(begin({ RECONCILE: 'now', DIES: 'after 1' }));
  const called = () => Promise.all(differing.map(async ({ saleId }) => (await said(saleId, operations.AttentionNeeded.type)).length));
  expect((await called()).toSorted((a, b) => a - b)).toEqual([0, 1]);

  // then
  expect((await next.reconcile()).different).toBe(2);
  expect(await called()).toEqual([1, 1]);
  expect(await next.reconcile()).toEqual({ compared: 0, different: 0 });
}, 90_000);
