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

const start = ({ isDeaf = false } = {}) => instance({ connectionString: server.connectionString, providerUrl: simulated.url, isDeaf });

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
