import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { payment as contracts } from '@checkout/contracts';
import { nameBasedUuid, type SaleId } from '@checkout/kernel';
import { startProvider, type LedgerEntry, type RunningProvider } from '@checkout/local-provider';
import { startTestDatabase, type TestDatabase } from '@checkout/sql/testing';
import { authorizePayment } from './application/authorize-payment.ts';
import { capturePayment } from './application/capture-payment.ts';
import { refundPayment } from './application/refund-payment.ts';
import { voidPayment } from './application/void-payment.ts';
import type { WantedTender } from './domain/payment.ts';
import { SqlPaymentReader } from './store/sql-payment-reader.ts';
import { card, cash, inCash, onCard, refundIdOf, sale } from './testing.ts';
import { Door } from './testing/door.ts';
import { instance } from './testing/instance.ts';
import type { WantedPart } from './domain/refund.ts';

/** Payment as it runs, between a database and a provider that are real processes' work; the bus is a list. */
let directory: string;
let simulated: RunningProvider;
let server: TestDatabase;
let sales = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'checkout-payment-'));
  simulated = await startProvider({ directory, latencyMs: 5 });
  const messaging = join(import.meta.dirname, '../../../libs/messaging/migrations');
  server = await startTestDatabase([messaging, join(import.meta.dirname, 'store/migrations')], 'payment');
}, 60_000);
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await simulated.close();
  await rm(directory, { recursive: true, force: true });
});

const start = ({ isDeaf = false, providerUrl = simulated.url } = {}) => instance({ connectionString: server.connectionString, providerUrl, isDeaf });

const newSale = () => ({ ...sale, saleId: nameBasedUuid(`whole sale ${(sales += 1)}`) as SaleId });
const authorize = (of: typeof sale, ...tenders: WantedTender[]) =>
  contracts.AuthorizePayment({ ...of, currency: 'GBP', totalMinor: tenders.reduce((sum, { amountMinor }) => sum + amountMinor, 0), tenders });

async function until<T>(read: () => T | undefined | Promise<T | undefined>, withinMs = 20_000): Promise<T> {
  for (const endsAt = Date.now() + withinMs; Date.now() < endsAt; await new Promise((resolve) => setTimeout(resolve, 20))) {
    const value = await read();
    if (value !== undefined) return value;
  }
  throw new Error('it did not happen in time');
}

async function booked(saleId: SaleId): Promise<string[]> {
  const response = await fetch(`${simulated.url}/v1/ledger`);
  const { entries } = (await response.json()) as { entries: LedgerEntry[] };
  return entries.filter(({ reference }) => reference.startsWith(saleId)).map(({ movement }) => movement);
}

describe('payment, with its database and a provider', () => {
  let service: ReturnType<typeof start>;
  beforeAll(() => {
    service = start();
    service.start();
  });
  afterAll(() => service.stop());

  const reply = (saleId: SaleId, { type }: { type: string }) => until(() => service.repliesTo(saleId).find((each) => each.type === type));

  async function captured(of: typeof sale, ...tenders: WantedTender[]): Promise<void> {
    await service.deliver(authorizePayment, authorize(of, ...tenders));
    await reply(of.saleId, contracts.PaymentAuthorized);
    await service.deliver(capturePayment, contracts.CapturePayment(of));
    await reply(of.saleId, contracts.PaymentCaptured);
  }
  const giveBack = (of: typeof sale, name: string, ...parts: WantedPart[]) =>
    service.deliver(refundPayment, contracts.RefundPayment({ ...of, refundId: refundIdOf(name), currency: 'GBP', totalMinor: parts.reduce((sum, { amountMinor }) => sum + amountMinor, 0), parts }));
  const answersTo = (of: typeof sale, name: string) => service.repliesTo(of.saleId).filter(({ body }) => body['refundId'] === refundIdOf(name)).map(({ type }) => type);

  it('gives part of a split sale back to card and drawer, once, and both books agree', async () => {
    const of = newSale();
    await captured(of, card(400), cash(198));
    await giveBack(of, 'back 1', onCard(1, 300), inCash(2, 98));
    await until(() => answersTo(of, 'back 1')[0]);
    await giveBack(of, 'back 1', onCard(1, 300), inCash(2, 98));
    expect(answersTo(of, 'back 1')).toEqual(['payment.payment-refunded.v1', 'payment.payment-refunded.v1']);
    expect(await booked(of.saleId)).toEqual(['authorized', 'captured', 'refunded']);
    const view = await new SqlPaymentReader(service.database).read(of.tenantId, of.saleId);
    expect(view?.refunds).toMatchObject([{ state: 'refunded', totalMinor: 398, parts: [{ position: 1, via: 'card', state: 'refunded' }, { position: 2, via: 'cash', state: 'refunded' }] }]);
  });

  it('lets ten refunds at once take no more than was captured', async () => {
    const of = newSale();
    await captured(of, card(300));
    const names = Array.from({ length: 10 }, (_, index) => `race ${index}`);
    await Promise.all(names.map((name) => giveBack(of, name, onCard(1, 100))));
    const answers = await until(() => {
      const all = names.flatMap((name) => answersTo(of, name));
      return all.length === 10 ? all : undefined;
    });
    expect(answers.filter((type) => type === 'payment.payment-refunded.v1')).toHaveLength(3);
    expect((await booked(of.saleId)).filter((movement) => movement === 'refunded')).toHaveLength(3);
  });

  it('calls a person when the provider has given money back that nobody here has asked for, and not over a refund of ours (P20)', async () => {
    // given: two sales that were given back in part, one by us and one at the provider itself
    const [byUs, byThem] = [newSale(), newSale()];
    for (const each of [byUs, byThem]) await captured(each, card(400));
    await giveBack(byUs, 'ours', onCard(1, 300));
    await until(() => answersTo(byUs, 'ours')[0]);
    const { entries } = (await (await fetch(`${simulated.url}/v1/ledger?limit=1000`)).json()) as { entries: LedgerEntry[] };
    const { authorizationId = '' } = entries.find(({ reference }) => reference.startsWith(byThem.saleId)) ?? {};
    const { status } = await fetch(`${simulated.url}/v1/authorizations/${authorizationId}/refund`, {
      method: 'POST', body: JSON.stringify({ reference: 'by hand', amountMinor: 100 }), headers: { 'content-type': 'application/json', 'idempotency-key': 'by hand' },
    });
    expect(status).toBe(200);

    // when
    await service.reconcile();

    // then
    const read = async (of: typeof sale) => (await new SqlPaymentReader(service.database).read(of.tenantId, of.saleId))?.attention;
    expect([await read(byUs), await read(byThem)]).toEqual([undefined, 'books-differ']);
  });

  it('declines what the card does not take', async () => {
    const of = newSale();
    await captured(of, card(400, 'tok_refund_declined'));
    await giveBack(of, 'no', onCard(1, 300));
    await until(() => answersTo(of, 'no')[0]);
    expect(answersTo(of, 'no')).toEqual(['payment.refund-declined.v1']);
  });

  it('pays a split sale by card and cash, and both books agree', async () => {
    const of = newSale();
    await service.deliver(authorizePayment, authorize(of, card(400), cash(198, 200)));
    await reply(of.saleId, contracts.PaymentAuthorized);
    await service.deliver(capturePayment, contracts.CapturePayment(of));
    await expect(reply(of.saleId, contracts.PaymentCaptured)).resolves.toMatchObject({ body: { capturedMinor: 598, changeMinor: 2 } });
    const view = await new SqlPaymentReader(service.database).read(of.tenantId, of.saleId);
    expect(view?.ledger.map(({ position, kind, amountMinor }) => `${position} ${kind} ${amountMinor}`).toSorted()).toEqual(['1 authorized 400', '1 captured 400', '2 authorized 198', '2 captured 198']);
    expect(await booked(of.saleId)).toEqual(['authorized', 'captured']);
  });

  it('gives the first card back when the second is declined', async () => {
    const of = newSale();
    await service.deliver(authorizePayment, authorize(of, card(400), card(198, 'tok_declined')));
    await expect(reply(of.saleId, contracts.PaymentDeclined)).resolves.toMatchObject({ body: { position: 2, declineCode: 'insufficient_funds' } });
    expect((await booked(of.saleId)).toSorted()).toEqual(['authorized', 'declined', 'voided']);
  });

  it('finds out by itself what a provider did that failed or hung up', async () => {
    const [failed, hungUp] = [newSale(), newSale()];
    await service.deliver(authorizePayment, authorize(failed, card(400, 'tok_error_once')));
    await service.deliver(authorizePayment, authorize(hungUp, card(400, 'tok_drop')));
    await Promise.all([failed, hungUp].map(({ saleId }) => reply(saleId, contracts.PaymentAuthorized)));
    expect(await booked(failed.saleId)).toEqual(['authorized']);
    expect(await booked(hungUp.saleId)).toEqual(['authorized']);
  });

  it('P12 asks by reference, and captures under another key, where the provider keeps an error under the first', async () => {
    const of = newSale();
    simulated.faults([{ on: 'capture', reference: of.saleId, reply: 500, isKept: true }]);
    await captured(of, card(400));
    expect(await booked(of.saleId)).toEqual(['authorized', 'captured']);
    simulated.faults([]);
  });

  it.each(['other-amount', 'other-currency'] as const)('P18 stops and calls a person when the provider speaks of other money (%s)', async (echoed) => {
    const of = newSale();
    simulated.faults([{ on: 'authorize', reference: of.saleId, reply: echoed }]);
    await service.deliver(authorizePayment, authorize(of, card(400)));
    await reply(of.saleId, contracts.PaymentStalled);
    expect((await new SqlPaymentReader(service.database).read(of.tenantId, of.saleId))?.attention).toBe('provider-contradiction');
    expect(service.repliesTo(of.saleId).map(({ type }) => type)).not.toContain(contracts.PaymentAuthorized.type);
    simulated.faults([]);
  });

  it('bars the authorization of a sale that was given up first', async () => {
    const of = newSale();
    await service.deliver(voidPayment, contracts.VoidPayment(of));
    await service.deliver(authorizePayment, authorize(of, card(400)));
    await expect(reply(of.saleId, contracts.PaymentDeclined)).resolves.toMatchObject({ body: { declineCode: 'voided' } });
    expect(await booked(of.saleId)).toEqual([]);
  });

  it('voids a card of which it does not know yet whether it holds money', async () => {
    const of = newSale();
    await service.deliver(authorizePayment, authorize(of, card(400, 'tok_timeout')));
    await until(async () => ((await booked(of.saleId)).includes('authorized') ? true : undefined));
    await service.deliver(voidPayment, contracts.VoidPayment(of));
    await reply(of.saleId, contracts.PaymentVoided);
    expect(await booked(of.saleId)).toEqual(['authorized', 'voided']);
  });

  it('dead-letters a void after the capture', async () => {
    const of = newSale();
    await service.deliver(authorizePayment, authorize(of, cash(400)));
    await service.deliver(capturePayment, contracts.CapturePayment(of));
    await expect(service.deliver(voidPayment, contracts.VoidPayment(of))).resolves.toMatchObject({ ok: false, error: { code: 'void-after-capture' } });
  });

  it('pays two hundred sales at once', async () => {
    const all = Array.from({ length: 200 }, newSale);
    await Promise.all(all.map((of) => service.deliver(authorizePayment, authorize(of, card(400)))));
    await Promise.all(all.map(({ saleId }) => reply(saleId, contracts.PaymentAuthorized)));
    await Promise.all(all.map((of) => service.deliver(capturePayment, contracts.CapturePayment(of))));
    await Promise.all(all.map(({ saleId }) => reply(saleId, contracts.PaymentCaptured)));
  });
});

describe('a process that dies after it has stored what it would ask', () => {
  it('leaves the next one to ask, within seconds, under the same key', async () => {
    const of = newSale();
    const dead = start({ isDeaf: true });
    await dead.deliver(authorizePayment, authorize(of, card(400)));
    await dead.stop();
    expect(await booked(of.saleId)).toEqual([]);

    const next = start();
    next.start();
    await until(() => next.repliesTo(of.saleId).find(({ type }) => type === contracts.PaymentAuthorized.type), 8_000);
    expect(await booked(of.saleId)).toEqual(['authorized']);
    await next.stop();
  });
});

describe('a provider that is slow', () => {
  it('P07 holds up neither cash nor the books, is asked no more than 64 cards at once, and each card is charged once', async () => {
    // given: a provider that keeps every card waiting until the door is opened
    const door = new Door(simulated.url);
    const service = start({ providerUrl: await door.open() });
    service.start();
    const onCards = Array.from({ length: 150 }, newSale);
    const isAuthorized = ({ saleId }: typeof sale) => service.repliesTo(saleId).some(({ type }) => type === contracts.PaymentAuthorized.type);
    await Promise.all(onCards.map((of) => service.deliver(authorizePayment, authorize(of, card(400)))));
    await until(() => door.waiting === 64 || undefined);

    // when
    const inCash = newSale();
    await service.deliver(authorizePayment, authorize(inCash, cash(400)));

    // then
    await until(() => isAuthorized(inCash) || undefined);
    expect(onCards.filter(isAuthorized)).toEqual([]);
    door.letThrough();
    await until(() => onCards.every(isAuthorized) || undefined, 60_000);
    expect(door.mostWaiting).toBe(64);
    expect(await Promise.all(onCards.map(({ saleId }) => booked(saleId)))).toEqual(onCards.map(() => ['authorized']));
    await service.stop();
    await door.close();
  }, 120_000);
});

describe('a provider that is down', () => {
  it('P19 costs no sale: cards wait without a doubt about any of them, cash goes on, and when it is back each card is charged once', async () => {
    // given: an address at which nobody listens any more
    const gone = new Door(simulated.url);
    const providerUrl = await gone.open();
    await gone.close();
    const service = start({ providerUrl });
    service.start();
    const isAuthorized = ({ saleId }: typeof sale) => service.repliesTo(saleId).some(({ type }) => type === contracts.PaymentAuthorized.type);
    const onCards = Array.from({ length: 20 }, newSale);
    const inCash = newSale();
    await Promise.all(onCards.map((of) => service.deliver(authorizePayment, authorize(of, card(400)))));
    await service.deliver(authorizePayment, authorize(inCash, cash(400)));
    await until(() => isAuthorized(inCash) || undefined);
    expect(onCards.flatMap(({ saleId }) => service.repliesTo(saleId))).toEqual([]);

    // when
    const back = new Door(simulated.url);
    back.letThrough();
    await back.open(Number(new URL(providerUrl).port));

    // then
    await until(() => onCards.every(isAuthorized) || undefined, 90_000);
    expect(await Promise.all(onCards.map(({ saleId }) => booked(saleId)))).toEqual(onCards.map(() => ['authorized']));
    const views = await Promise.all(onCards.map(({ tenantId, saleId }) => new SqlPaymentReader(service.database).read(tenantId, saleId)));
    expect(views.flatMap((view) => view?.audit.map(({ event }) => event) ?? ['no such payment'])).toEqual([]);
    await service.stop();
    await back.close();
  }, 180_000);
});

it('OP17 put back to before a sale, has a person called for it, moves no money by itself, and takes none twice', async () => {
  // given
  const [kept, lost] = [newSale(), newSale()];
  const take = async (of: typeof sale): Promise<void> => {
    const service = start();
    const told = (type: string) => until(() => service.repliesTo(of.saleId).find((each) => each.type === type));
    await service.deliver(authorizePayment, authorize(of, card(400)));
    await told(contracts.PaymentAuthorized.type);
    await service.deliver(capturePayment, contracts.CapturePayment(of));
    await told(contracts.PaymentCaptured.type);
    await service.stop();
  };
  await take(kept);
  const before = start();
  await before.reconcile();
  await before.stop();
  const restore = await server.backUp();
  await take(lost);

  // when
  await restore();

  // then
  const service = start();
  expect((await service.reconcile()).different).toBeGreaterThan(0);
  const calls = (of: typeof sale) => service.repliesTo(of.saleId).filter(({ type }) => type === 'operations.attention-needed.v1').map(({ body }) => body['reason']);
  await until(() => (calls(lost).length > 0 ? true : undefined));
  expect([calls(kept), new Set(calls(lost))]).toEqual([[], new Set(['books-differ'])]);
  expect(await booked(lost.saleId)).toEqual(['authorized', 'captured']);
  await service.stop();
  await take(lost); // What its neighbours have sent before is sent again, under the keys of before.
  expect(await booked(lost.saleId)).toEqual(['authorized', 'captured']);
}, 120_000);
