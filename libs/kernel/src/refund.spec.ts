import fc from 'fast-check';
import { sumMinor } from './money.ts';
import { lineTotals, type LineTotals } from './pricing.ts';
import { givenBackWith, moneyParts, nothingGivenBack, returnedTotals, type MoneyPart } from './refund.ts';

const seed = Number(process.env['SEED'] ?? 20261122);

const line = fc.record({ quantity: fc.integer({ min: 1, max: 30 }), unitPriceMinor: fc.integer({ min: 0, max: 20_000 }), taxRateBp: fc.constantFrom(0, 550, 700, 825, 1_900, 2_000, 10_000) });
const mode = fc.constantFrom('inclusive' as const, 'exclusive' as const);
/** Portions in which a line comes back; `isCalledOff`: the money did not go back after all, and neither did the goods. */
const portions = fc.array(fc.record({ quantity: fc.integer({ min: 1, max: 7 }), isCalledOff: fc.boolean() }), { maxLength: 40 });

describe('goods that come back', () => {
  it('come to what was paid for the line, to the cent, in whatever portions they come and whichever were called off', () => {
    fc.assert(
      fc.property(line, mode, portions, (sold, taxMode, tries) => {
        let given = nothingGivenBack;
        const kept: LineTotals[] = [];
        const give = (quantity: number, isCalledOff: boolean): void => {
          const totals = returnedTotals(sold, taxMode, given, quantity);
          expect(Math.min(totals.netMinor, totals.taxMinor, totals.grossMinor)).toBeGreaterThanOrEqual(0);
          expect(totals.netMinor + totals.taxMinor).toBe(totals.grossMinor);
          if (isCalledOff) return;
          kept.push(totals);
          given = givenBackWith(given, quantity, totals);
        };
        for (const { quantity, isCalledOff } of tries) if (given.quantity + quantity <= sold.quantity) give(quantity, isCalledOff);
        if (given.quantity < sold.quantity) give(sold.quantity - given.quantity, false);

        const whole = lineTotals(sold, taxMode);
        for (const name of ['netMinor', 'taxMinor', 'grossMinor'] as const) expect(sumMinor(kept.map((each) => each[name]))).toBe(whole[name]);
      }),
      { seed, numRuns: 500 },
    );
  });

  it('come to their whole also when two were on their way at once and the first was called off', () => {
    fc.assert(
      fc.property(line, mode, fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 10 }), (sold, taxMode, first, second) => {
        fc.pre(first + second <= sold.quantity);
        const one = returnedTotals(sold, taxMode, nothingGivenBack, first);
        const two = returnedTotals(sold, taxMode, givenBackWith(nothingGivenBack, first, one), second);
        const afterwards = givenBackWith(nothingGivenBack, second, two);
        const rest = afterwards.quantity < sold.quantity ? returnedTotals(sold, taxMode, afterwards, sold.quantity - second) : { netMinor: 0, taxMinor: 0, grossMinor: 0 };
        expect({ gross: two.grossMinor + rest.grossMinor, tax: two.taxMinor + rest.taxMinor }).toEqual({ gross: lineTotals(sold, taxMode).grossMinor, tax: lineTotals(sold, taxMode).taxMinor });
      }),
      { seed, numRuns: 500 },
    );
  });

  it('are given the cents of the tax one after the other', () => {
    const sold = { quantity: 3, unitPriceMinor: 100, taxRateBp: 1_900 };
    let given = nothingGivenBack;
    const taxes = [1, 2, 3].map(() => {
      const totals = returnedTotals(sold, 'inclusive', given, 1);
      given = givenBackWith(given, 1, totals);
      return totals.taxMinor;
    });
    expect(taxes).toEqual([16, 16, 16]);
    expect(returnedTotals({ ...sold, unitPriceMinor: 101 }, 'exclusive', nothingGivenBack, 2)).toEqual({ netMinor: 202, taxMinor: 39, grossMinor: 241 });
  });
});

const card = (amountMinor: number) => ({ type: 'card' as const, amountMinor });
const cash = (amountMinor: number) => ({ type: 'cash' as const, amountMinor });

describe('money that goes back', () => {
  it.each<[string, Parameters<typeof moneyParts>, MoneyPart[]]>([
    ['to the card before the drawer, whichever paid first', [[cash(500), card(300)], [], 400, 'original'], [{ position: 2, via: 'card', amountMinor: 300 }, { position: 1, via: 'cash', amountMinor: 100 }]],
    ['to the next card when the first has got all back', [[card(300), card(200)], [{ position: 1, via: 'card', amountMinor: 300 }], 150, 'original'], [{ position: 2, via: 'card', amountMinor: 150 }]],
    ['out of the drawer when asked for, what was cash first', [[card(300), cash(100)], [], 200, 'cash'], [{ position: 2, via: 'cash', amountMinor: 100 }, { position: 1, via: 'cash', amountMinor: 100 }]],
    ['no further than there is some left', [[card(300)], [{ position: 1, via: 'cash', amountMinor: 250 }], 100, 'original'], [{ position: 1, via: 'card', amountMinor: 50 }]],
    ['nowhere when there is none to give', [[card(300)], [], 0, 'original'], []],
  ])('goes %s', (_, args, parts) => {
    expect(moneyParts(...args)).toEqual(parts);
  });

  it('never gives back more of a tender than it took, and all of it in the end', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.integer({ min: 1, max: 9_999 }).map(card), fc.integer({ min: 1, max: 9_999 }).map(cash)), { minLength: 1, maxLength: 5 }), fc.array(fc.tuple(fc.integer({ min: 1, max: 5_000 }), fc.constantFrom('original' as const, 'cash' as const)), { maxLength: 10 }), (tenders, refunds) => {
        const paid = sumMinor(tenders.map(({ amountMinor }) => amountMinor));
        const given: MoneyPart[] = [];
        for (const [wanted, back] of [...refunds, [paid, 'original'] as const]) {
          const left = paid - sumMinor(given.map(({ amountMinor }) => amountMinor));
          const parts = moneyParts(tenders, given, Math.min(wanted, left), back);
          expect(sumMinor(parts.map(({ amountMinor }) => amountMinor))).toBe(Math.min(wanted, left));
          given.push(...parts);
        }
        tenders.forEach(({ amountMinor }, index) => expect(sumMinor(given.filter(({ position }) => position === index + 1).map((part) => part.amountMinor))).toBe(amountMinor));
      }),
      { seed },
    );
  });
});
