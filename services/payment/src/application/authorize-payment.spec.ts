import { payment } from '@checkout/contracts';
import { authorizeCommand, authorizedSale, card, cash, contradiction, declined, done, noon, sale, shop, silence, stalled } from '../testing.ts';
import { authorizePayment } from './authorize-payment.ts';
import { Payments } from './ports.ts';

const authorized = (totalMinor: number) => payment.PaymentAuthorized({ ...sale, totalMinor });
const refused = (position: number, declineCode = 'insufficient_funds') => payment.PaymentDeclined({ ...sale, position, declineCode });

describe('authorizing a payment', () => {
  it('stores what it will ask before the provider is asked, and answers nobody yet', () => {
    const till = shop().authorize(card(598));
    expect(till.payment).toMatchObject({ state: 'authorizing', totalMinor: 598, currency: 'GBP', version: 1 });
    expect(till.tenderStates).toEqual(['pending']);
    expect(till.takeMessages()).toEqual([]);
    expect(till.ledger).toEqual([]);
    expect(till.takeAsks().map(({ question }) => question)).toEqual([{
      operation: 'authorize',
      merchantAccount: 'acme',
      reference: `${sale.saleId}:1`,
      idempotencyKey: `${sale.saleId}:1:authorize`,
      amountMinor: 598,
      currency: 'GBP',
      cardToken: 'tok_visa_1',
      providerId: null,
      looksFirst: false,
      mayRepeat: true,
    }]);
  });

  it('authorizes cash at once, because it is on the counter', () => {
    const till = shop().authorize(cash(300), cash(200, 500));
    expect(till.takeMessages()).toEqual([authorized(500)]);
    expect(till.asks).toEqual([]);
    expect(till.ledger).toEqual(['1 authorized 300', '2 authorized 200']);
  });

  it('answers once the provider has authorized the card, and forgets the token', () => {
    const till = shop().authorize(card(598)).answer(1, done('auth_1'));
    expect(till.takeMessages()).toEqual([authorized(598)]);
    expect(till.payment?.tenders[0]).toMatchObject({ state: 'authorized', providerId: 'auth_1', cardToken: null, nextAttemptAt: null });
    expect(till.ledger).toEqual(['1 authorized 598']);
  });

  it('says that the card was declined, and why', () => {
    const till = shop().authorize(card(598)).answer(1, declined());
    expect(till.takeMessages()).toEqual([refused(1)]);
    expect(till.payment).toMatchObject({ state: 'declined', declineCode: 'insufficient_funds', declinedPosition: 1 });
    expect(till.payment?.tenders[0]?.cardToken).toBeNull();
    expect(till.ledger).toEqual([]);
  });

  it('keeps the token and says nothing while nobody knows what the provider did', () => {
    const till = shop().authorize(card(598)).answer(1, silence);
    expect(till.takeMessages()).toEqual([]);
    expect(till.payment?.tenders[0]).toMatchObject({ state: 'unknown', cardToken: 'tok_visa_1', nextAttemptAt: noon + 1_000 });
    expect(till.reports).toContainEqual({ position: 1, inDoubt: 'authorize' });
  });

  it('asks all cards of a split sale at once, each under its own key', () => {
    const till = shop().authorize(card(100), cash(50), card(200));
    expect(till.asks.map(({ question: { idempotencyKey } }) => idempotencyKey)).toEqual([`${sale.saleId}:1:authorize`, `${sale.saleId}:3:authorize`]);
  });
});

describe('a repeated command under a new message id', () => {
  it('changes nothing while the first is under way', () => {
    const till = shop().authorize(card(598));
    till.takeAsks();
    till.authorize(card(598));
    expect([till.messages, till.asks, till.payment?.version]).toEqual([[], [], 1]);
  });

  it('changes nothing while the outcome is unknown', () => {
    const till = shop().authorize(card(598)).answer(1, silence);
    till.takeAsks();
    till.authorize(card(598));
    expect([till.messages, till.asks, till.tenderStates]).toEqual([[], [], ['unknown']]);
  });

  it('gets the same answer when the payment was authorized', () => {
    const till = authorizedSale(card(598)).authorize(card(598));
    expect(till.takeMessages()).toEqual([authorized(598)]);
    expect(till.asks).toEqual([]);
  });

  it('gets the same answer when it was declined', () => {
    const till = shop().authorize(card(598)).answer(1, declined());
    till.takeMessages();
    expect(till.authorize(card(598)).takeMessages()).toEqual([refused(1)]);
  });

  it('gets the same answer even after the money was taken', () => {
    const till = authorizedSale(card(598)).capture().answer(1, done());
    till.takeMessages();
    expect(till.authorize(card(598)).takeMessages()).toEqual([authorized(598)]);
  });

  it('OP10 is declined when the sale was voided before it came', () => {
    const till = shop().void();
    expect(till.takeMessages()).toEqual([payment.PaymentVoided(sale)]);
    till.authorize(card(598));
    expect(till.takeMessages()).toEqual([refused(1, 'voided')]);
    expect(till.asks).toEqual([]);
  });
});

describe('money that does not add up', () => {
  const decide = (body: Partial<payment.AuthorizePayment['body']>) => () =>
    authorizePayment.decide(new Payments(), {
      message: payment.AuthorizePayment({ ...authorizeCommand(card(598)).body, ...body }),
      envelope: { id: 'm', source: '/s', type: 't', time: '', tenantId: sale.tenantId },
      now: noon,
    });

  it('is refused when the tenders are not the total', () => {
    expect(decide({ totalMinor: 600 })).toThrow(expect.objectContaining({ code: 'tender-mismatch' }));
  });

  it('is refused when less cash is handed over than it is to pay', () => {
    expect(decide({ tenders: [{ type: 'cash', amountMinor: 598, tenderedMinor: 500 }] })).toThrow(expect.objectContaining({ code: 'cash-short' }));
  });

  it('is refused, before any card is asked, when the change could not be told once the money is taken', () => {
    const tenders = [card(596), cash(1, 1_000_000_000_000), cash(1, 1_000_000_000_000)];
    expect(decide({ tenders })).toThrow(expect.objectContaining({ code: 'change-overflow' }));
  });
});

describe('a split sale', () => {
  /** What each card's first answer is; an unknown one becomes what the second asking brings. */
  const legs = ['authorized', 'declined', 'unknown then authorized', 'unknown then declined'] as const;
  const permutations = legs.flatMap((first) => legs.flatMap((second) => legs.map((third) => [first, second, third] as const)));

  it.each(permutations)('with legs %s, %s, %s holds all of the money or none of it', (...outcomes) => {
    const till = shop().authorize(card(100), card(200), card(300), cash(50, 100));
    const firstAsks = till.takeAsks();
    firstAsks.forEach((ask, index) => till.answer(ask.position, outcomes[index] === 'authorized' ? done(`auth_${ask.position}`) : outcomes[index] === 'declined' ? declined() : silence, ask));
    // Whatever is in doubt is asked about until it is answered; what is to be given back is given back.
    for (let round = 0; round < 5; round += 1) {
      till.payment?.tenders.filter(({ state }) => state === 'unknown').forEach(({ position }) => till.overdue(position));
      for (const ask of till.takeAsks()) {
        const wasDeclined = outcomes[ask.position - 1]?.endsWith('declined');
        // A void by reference finds the authorization that nobody had heard of.
        till.answer(ask.position, ask.question.operation === 'void' ? done(wasDeclined ? null : `auth_${ask.position}`) : wasDeclined ? declined() : done(`auth_${ask.position}`), ask);
      }
    }

    const isPaid = outcomes.every((outcome) => outcome.endsWith('authorized'));
    expect(till.takeMessages()).toEqual([isPaid ? authorized(650) : expect.objectContaining({ type: payment.PaymentDeclined.type })]);
    const sums = { authorized: 0, captured: 0, voided: 0 };
    for (const entry of till.ledger) {
      const [, kind, amount] = entry.split(' ') as [string, keyof typeof sums, string];
      sums[kind] += Number(amount);
    }
    expect(sums.authorized - sums.voided).toBe(isPaid ? 650 : 0);
    expect(till.payment?.tenders.every(({ cardToken }) => cardToken === null)).toBe(true);
  });

  it('waits for the answers that are on their way before it gives back what was authorized', () => {
    const till = shop().authorize(card(100), card(200), cash(50));
    till.answer(1, declined());
    expect(till.payment?.state).toBe('declining');
    expect(till.tenderStates).toEqual(['declined', 'pending', 'voided']);
    till.answer(2, done('auth_2'));
    expect(till.lastAsk(2).question).toMatchObject({ operation: 'void', providerId: 'auth_2' });
    expect(till.takeMessages()).toEqual([]);
    expect(till.answer(2, done('auth_2')).takeMessages()).toEqual([refused(1)]);
  });

  it('that is voided while a decline is being undone ends voided', () => {
    const till = shop().authorize(card(100), card(200)).answer(2, done('auth_2')).answer(1, declined());
    till.void();
    expect(till.payment?.state).toBe('voiding');
    till.answer(2, done('auth_2'));
    expect(till.takeMessages()).toEqual([payment.PaymentVoided(sale)]);
    expect(till.authorize(card(100), card(200)).takeMessages()).toEqual([refused(1, 'voided')]);
  });
});

describe('an answer that cannot be right', () => {
  it('P18 stops the tender, calls a person, and can still be voided', () => {
    const till = shop().authorize(card(598)).answer(1, contradiction);
    expect(till.payment).toMatchObject({ state: 'authorizing', attention: 'provider-contradiction' });
    expect(till.payment?.tenders[0]).toMatchObject({ state: 'unknown', nextAttemptAt: null });
    expect(till.reports).toContainEqual({ attention: 'provider-contradiction' });
    expect(till.takeMessages()).toEqual([stalled('provider-contradiction')]);
    till.void().answer(1, done('auth_1'));
    expect(till.takeMessages()).toEqual([payment.PaymentVoided(sale)]);
    expect(till.ledger).toEqual(['1 authorized 598', '1 voided 598']);
  });
});
