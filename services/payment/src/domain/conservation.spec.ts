import fc from 'fast-check';
import type { TenderAsk } from '../application/ports.ts';
import { authorizeCommand, card, cash, shop, silence, type Shop } from '../testing.ts';
import type { Outcome } from './answer.ts';
import type { WantedTender } from './payment.ts';
import type { TenderState } from './tender.ts';

/** A provider that keeps its promises, whatever happens to its answers: keys are remembered, references are fenced. */
class ModelProvider {
  readonly #byKey = new Map<string, Outcome>();
  readonly #fenced = new Set<string>();
  readonly status = new Map<string, 'authorized' | 'declined' | 'captured' | 'voided'>();
  captures = 0;

  does({ question: { operation, reference, idempotencyKey, cardToken, providerId } }: TenderAsk): Outcome {
    if (operation === 'void') return this.#void(reference, providerId === null);
    const known = this.#byKey.get(idempotencyKey);
    const outcome = known ?? (operation === 'authorize' ? this.#authorize(reference, cardToken) : this.#capture(reference));
    this.#byKey.set(idempotencyKey, outcome);
    return outcome;
  }

  #authorize(reference: string, cardToken: string | null): Outcome {
    const isDeclined = this.#fenced.has(reference) || cardToken === 'tok_declined';
    this.status.set(reference, isDeclined ? 'declined' : 'authorized');
    return isDeclined ? { kind: 'declined', declineCode: 'insufficient_funds' } : { kind: 'done', providerId: `auth:${reference}` };
  }

  #capture(reference: string): Outcome {
    if (this.status.get(reference) === 'captured') return { kind: 'done', providerId: `auth:${reference}` };
    if (this.status.get(reference) !== 'authorized') return { kind: 'declined', declineCode: 'not_authorized' };
    this.status.set(reference, 'captured');
    this.captures += 1;
    return { kind: 'done', providerId: `auth:${reference}` };
  }

  #void(reference: string, isByReference: boolean): Outcome {
    if (isByReference) this.#fenced.add(reference);
    const status = this.status.get(reference);
    if (status === 'captured') return { kind: 'contradicted', why: 'captured' };
    if (status === 'authorized') this.status.set(reference, 'voided');
    return { kind: 'done', providerId: status === 'authorized' || status === 'voided' ? `auth:${reference}` : null };
  }
}

/** What may happen next, in any order and as often as it likes. */
const happening = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ what: 'authorize' } as const) },
  { weight: 1, arbitrary: fc.constant({ what: 'void' } as const) },
  { weight: 1, arbitrary: fc.constant({ what: 'capture' } as const) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('overdue' as const), position: fc.integer({ min: 1, max: 3 }) }) },
  /** The provider handles a question; its answer arrives, gets lost, or comes later. Questions are kept, so each may be handled twice. */
  { weight: 8, arbitrary: fc.record({ what: fc.constant('provider' as const), which: fc.nat(20), answer: fc.constantFrom('arrives', 'arrives twice', 'lost', 'late') }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('late answer' as const), which: fc.nat(20) }) },
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

const tender: fc.Arbitrary<WantedTender> = fc.oneof(
  fc.integer({ min: 1, max: 500 }).map((amount) => card(amount)),
  fc.integer({ min: 1, max: 500 }).map((amount) => card(amount, 'tok_declined')),
  fc.integer({ min: 1, max: 500 }).map((amount) => cash(amount, amount + 5)),
);

const sums = (till: Shop) => {
  const total = { authorized: 0, captured: 0, voided: 0 };
  for (const entry of till.ledger) {
    const [, kind, amount] = entry.split(' ') as [string, keyof typeof total, string];
    total[kind] += Number(amount);
  }
  return total;
};

/** Whether a tender may be in this state, given what the saga has been told. A late success may have a voided one be voided once more. */
function isTrueOf({ payment }: Shop, state: TenderState): boolean {
  switch (payment?.state) {
    case 'authorized':
    case 'captured':
      return state === payment.state;
    case 'declined':
    case 'voided':
      return state !== 'authorized' && state !== 'captured';
    default:
      return true;
  }
}

/** Plays a sale as the saga does: it captures only what it was told is authorized, and never voids what it has begun to capture. */
function play(tenders: readonly WantedTender[], happenings: readonly Happening[]) {
  const till = shop();
  const provider = new ModelProvider();
  const late: { ask: TenderAsk; outcome: Outcome }[] = [];
  let hasVoided = false;
  let hasCaptured = false;
  const heard = (type: string) => till.messages.some((message) => message.type === `payment.${type}.v1`);

  for (const each of happenings) {
    switch (each.what) {
      case 'authorize':
        till.authorize(...tenders);
        break;
      case 'void':
        if (hasCaptured) break;
        hasVoided = true;
        till.void();
        break;
      case 'capture':
        if (hasVoided || !heard('payment-authorized')) break;
        hasCaptured = true;
        till.capture();
        break;
      case 'overdue':
        if (till.payment?.tenders[each.position - 1]) till.overdue(each.position);
        break;
      case 'provider': {
        const ask = till.asks[each.which % Math.max(till.asks.length, 1)];
        if (!ask) break;
        const outcome = provider.does(ask);
        if (each.answer === 'lost') till.answer(ask.position, silence, ask);
        else if (each.answer === 'late') late.push({ ask, outcome });
        else till.answer(ask.position, outcome, ask);
        if (each.answer === 'arrives twice') till.answer(ask.position, outcome, ask);
        break;
      }
      case 'late answer': {
        const [answer] = late.splice(each.which % Math.max(late.length, 1), 1);
        if (answer) till.answer(answer.ask.position, answer.outcome, answer.ask);
      }
    }
    expect(till.tenderStates ?? []).toEqual(till.tenderStates?.filter((state) => isTrueOf(till, state)) ?? []);
  }

  // The faults end: late answers arrive, every question is asked until it is answered, and the saga asks for what it still waits for.
  for (const { ask, outcome } of late) till.answer(ask.position, outcome, ask);
  for (let round = 0; round < 6; round += 1) {
    if (hasVoided) till.void();
    else till.authorize(...tenders);
    if (hasCaptured) till.capture();
    for (const { position, state } of till.payment?.tenders ?? []) {
      if (state !== 'pending' && state !== 'unknown') continue;
      till.overdue(position);
      const ask = till.lastAsk(position);
      till.answer(position, provider.does(ask), ask);
    }
  }
  return { till, provider, heard };
}

describe('money', () => {
  it('is all taken or all given back, whatever is lost, late, doubled or out of order', () => {
    const tenders = fc.array(tender, { minLength: 1, maxLength: 3 });
    fc.assert(fc.property(tenders, fc.array(happening, { maxLength: 40 }), (wanted, happenings) => {
      const { till, provider, heard } = play(wanted, happenings);
      const { totalMinor } = authorizeCommand(...wanted).body;
      const { authorized, captured, voided } = sums(till);
      const state = till.payment?.state;

      expect(['authorized', 'declined', 'captured', 'voided']).toContain(state);
      expect(captured).toBe(state === 'captured' ? totalMinor : 0);
      expect(authorized - captured - voided).toBe(state === 'authorized' ? totalMinor : 0);
      expect(heard('payment-captured')).toBe(state === 'captured');
      expect(till.payment?.attention).toBeNull();
      expect(till.payment?.tenders.every(({ cardToken }) => cardToken === null)).toBe(true);

      // The provider's own state says the same.
      const cards = wanted.filter(({ type }) => type === 'card').length;
      const statuses = [...provider.status.values()];
      expect(provider.captures).toBe(state === 'captured' ? cards : 0);
      expect(statuses.filter((status) => status === 'authorized')).toHaveLength(state === 'authorized' ? cards : 0);
    }), { numRuns: 3_000 });
  });
});
