import { operations, payment } from '@checkout/contracts';
import { hours, seconds } from '@checkout/kernel';
import { authorizedSale, card, cash, declined, done, noon, sale, shop, silence, stalled } from '../testing.ts';

const captured = (capturedMinor: number, changeMinor = 0) => payment.PaymentCaptured({ ...sale, capturedMinor, changeMinor });
const refused = (declineCode = 'capture_declined') => payment.CaptureRefused({ ...sale, declineCode });

describe('capturing a payment', () => {
  it('asks the provider for the authorization it knows', () => {
    const till = authorizedSale(card(598)).capture();
    expect(till.payment).toMatchObject({ state: 'capturing', version: 3 });
    expect(till.takeAsks().map(({ question }) => question)).toEqual([
      expect.objectContaining({ operation: 'capture', providerId: 'auth_1', idempotencyKey: `${sale.saleId}:1:capture`, amountMinor: 598, cardToken: null }),
    ]);
    expect(till.takeMessages()).toEqual([]);
  });

  it('answers when the money is taken', () => {
    const till = authorizedSale(card(598)).capture().answer(1, done());
    expect(till.takeMessages()).toEqual([captured(598)]);
    expect(till.ledger).toEqual(['1 authorized 598', '1 captured 598']);
  });

  it('takes cash at once and says how much change to give', () => {
    const till = authorizedSale(cash(598, 1_000)).capture();
    expect(till.takeMessages()).toEqual([captured(598, 402)]);
    expect(till.ledger).toEqual(['1 authorized 598', '1 captured 598']);
  });

  it('takes the cash of a split sale last, because a card may still be refused', () => {
    const till = authorizedSale(cash(100, 150), card(200)).capture();
    expect(till.tenderStates).toEqual(['authorized', 'pending']);
    till.answer(2, done());
    expect(till.tenderStates).toEqual(['captured', 'captured']);
    expect(till.takeMessages()).toEqual([captured(300, 50)]);
  });

  it('says that nothing was taken when the only card is refused', () => {
    const till = authorizedSale(card(598)).capture().answer(1, declined('capture_declined'));
    expect(till.takeMessages()).toEqual([refused()]);
    expect(till.payment).toMatchObject({ state: 'refused', declinedPosition: 1 });
  });

  it('hands the cash back when the saga voids what could not be captured', () => {
    const till = authorizedSale(card(200), cash(100)).capture().answer(1, declined('capture_declined'));
    till.takeMessages();
    till.void().answer(1, done('auth_1'));
    expect(till.takeMessages()).toEqual([payment.PaymentVoided(sale)]);
    expect(till.ledger).toEqual(['2 authorized 100', '1 authorized 200', '2 voided 100', '1 voided 200']);
  });

  it('stays silent while nobody knows whether the money was taken, and asks under the same key', () => {
    const till = authorizedSale(card(598)).capture().answer(1, silence);
    expect(till.takeMessages()).toEqual([]);
    till.takeAsks();
    till.now = noon + seconds(1);
    till.overdue(1);
    expect(till.lastAsk(1).question).toMatchObject({ operation: 'capture', idempotencyKey: `${sale.saleId}:1:capture` });
    expect(till.answer(1, done()).takeMessages()).toEqual([captured(598)]);
  });
});

describe('a sale of which one card was taken and the other refused', () => {
  const partly = () => authorizedSale(card(100), card(200), cash(50)).capture().answer(1, done('auth_1')).answer(2, declined('capture_declined'));

  it('is never completed, never refused and never forgotten: a person is called and the card is tried again', () => {
    const till = partly();
    expect(till.takeMessages()).toEqual([stalled('capture-partially-refused')]);
    expect(till.alarms).toMatchObject([{ type: operations.AttentionNeeded.type, body: { saleId: sale.saleId, reason: 'capture-partially-refused' } }]);
    expect(till.payment).toMatchObject({ state: 'capturing', attention: 'capture-partially-refused' });
    expect(till.reports).toContainEqual({ attention: 'capture-partially-refused' });
    expect(till.tenderStates).toEqual(['captured', 'unknown', 'authorized']);
    expect(till.payment?.tenders[1]?.nextAttemptAt).toBe(noon + seconds(60));
  });

  it('is the same whichever answer came first', () => {
    const till = authorizedSale(card(100), card(200)).capture().answer(2, declined('capture_declined'));
    expect(till.takeMessages()).toEqual([]);
    till.answer(1, done('auth_1'));
    expect(till.takeMessages()).toEqual([stalled('capture-partially-refused')]);
    expect(till.payment).toMatchObject({ state: 'capturing', attention: 'capture-partially-refused' });
  });

  it('asks under a new key, since the old one has its answer for good', () => {
    const till = partly();
    till.takeAsks();
    till.overdue(2);
    expect(till.lastAsk(2).question.idempotencyKey).toBe(`${sale.saleId}:2:capture:2`);
    till.answer(2, declined('capture_declined'));
    expect(till.payment?.tenders[1]).toMatchObject({ state: 'unknown', round: 3 });
    expect(till.reports.filter((report) => 'attention' in report)).toHaveLength(1);
  });

  it('ends paid when the card gives in', () => {
    const till = partly().overdue(2).answer(2, done('auth_2'));
    expect(till.takeMessages()).toEqual([stalled('capture-partially-refused'), captured(350)]);
    expect(till.alarms.map(({ type }) => type).filter((type) => type.startsWith('operations.attention'))).toEqual([operations.AttentionNeeded.type, operations.AttentionEnded.type]);
    expect(till.payment).toMatchObject({ state: 'captured', attention: null });
  });

  it('is not refused a second time by the first refusal coming twice', () => {
    const till = authorizedSale(card(100), card(200)).capture();
    const refusal = till.lastAsk(2);
    till.answer(1, done('auth_1')).answer(2, declined('capture_declined'), refusal);
    const { version } = till.payment ?? {};
    till.answer(2, declined('capture_declined'), refusal);
    expect(till.payment?.version).toBe(version);
  });
});

describe('a capture that the provider has not settled when the authorization runs out', () => {
  const aWeekLater = noon + hours(7 * 24) + 1;

  it('is asked for no more, and is for a person: neither paid nor refused, since nobody knows (P15, P16)', () => {
    const till = authorizedSale(card(598)).capture().answer(1, silence);
    till.takeMessages();
    till.now = aWeekLater;
    till.overdue(1).answer(1, silence);
    expect(till.payment).toMatchObject({ state: 'capturing', attention: 'authorization-expired', tenders: [{ state: 'unknown', nextAttemptAt: null }] });
    expect(till.takeMessages()).toEqual([stalled('authorization-expired')]);
    expect(till.ledger).toEqual(['1 authorized 598']);
  });

  it('is asked for until then, however often nobody has answered', () => {
    const till = authorizedSale(card(598)).capture().answer(1, silence);
    till.now = noon + hours(7 * 24);
    till.overdue(1).answer(1, silence);
    expect(till.payment?.tenders[0]?.nextAttemptAt).toBeGreaterThan(till.now);
    expect(till.payment?.attention).toBeNull();
  });

  it('is paid when the answer comes even later', () => {
    const till = authorizedSale(card(598)).capture().answer(1, silence);
    till.now = aWeekLater;
    till.overdue(1).answer(1, silence);
    till.takeMessages();
    till.answer(1, done('auth_1'));
    expect(till.takeMessages()).toEqual([captured(598)]);
    expect(till.payment).toMatchObject({ state: 'captured', attention: null });
  });

  it('of one card, when the other was taken, is for a person too, and never told as a refusal of the sale', () => {
    const till = authorizedSale(card(100), card(200)).capture().answer(1, done('auth_1')).answer(2, declined('capture_declined'));
    till.takeMessages();
    till.now = aWeekLater;
    till.overdue(2).answer(2, declined('expired'));
    expect(till.payment).toMatchObject({ state: 'capturing', attention: 'authorization-expired', tenders: [{ state: 'captured' }, { state: 'unknown', nextAttemptAt: null }] });
    expect(till.takeMessages()).toEqual([stalled('authorization-expired')]);
  });
});

describe('a repeated capture', () => {
  it('changes nothing while the first is under way', () => {
    const till = authorizedSale(card(598)).capture();
    till.takeAsks();
    till.capture();
    expect([till.messages, till.asks]).toEqual([[], []]);
  });

  it('gets the same answer again', () => {
    const till = authorizedSale(cash(598, 600)).capture();
    expect(till.takeMessages()).toEqual([captured(598, 2)]);
    expect(till.capture().takeMessages()).toEqual([captured(598, 2)]);
    const refusedTill = authorizedSale(card(598)).capture().answer(1, declined('capture_declined'));
    expect(refusedTill.capture().takeMessages()).toEqual([refused(), refused()]);
  });

  it('is refused when the money was given back', () => {
    const till = authorizedSale(cash(598)).void();
    till.takeMessages();
    expect(till.capture().takeMessages()).toEqual([refused('voided')]);
  });

  it('is invalid before anything was authorized', () => {
    expect(() => shop().capture()).toThrow(expect.objectContaining({ code: 'capture-before-authorization' }));
    expect(() => shop().authorize(card(598)).capture()).toThrow(expect.objectContaining({ code: 'capture-before-authorization' }));
  });
});
