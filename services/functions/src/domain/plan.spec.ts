import { mayBecome, needsApproval, nextWave, originOf, replayIdOf, type Item, type ItemState } from './plan.ts';

const item = (sequenceNumber: number, saleId: string | undefined, state: ItemState = 'planned'): Item => ({
  sequenceNumber: BigInt(sequenceNumber), tenantId: 'acme', messageId: `m${sequenceNumber}`, replayId: `m${sequenceNumber}~r1`, state, ...(saleId !== undefined && { saleId }),
});

describe('a replay id', () => {
  it('is another one for each replay, and names the message that it all began with', () => {
    const second = replayIdOf(replayIdOf('order-1'));

    expect([second, originOf(second)]).toEqual(['order-1~r2', { origin: 'order-1', replays: 2 }]);
  });

  it('fits the bus when the id is as long as the bus takes', () => {
    expect(replayIdOf('x'.repeat(128))).toHaveLength(128);
  });
});

describe('the next messages of a plan', () => {
  it('keep the order of the queue, one of each sale at a time', () => {
    const items = [item(1, 'a'), item(2, 'b'), item(3, 'a'), item(4, undefined), item(5, undefined)];

    expect(nextWave(items, 10).map(({ messageId }) => messageId)).toEqual(['m1', 'm2', 'm4', 'm5']);
  });

  it('wait for the outcome of an earlier message of the same sale', () => {
    expect(nextWave([item(1, 'a', 'sent'), item(2, 'a'), item(3, 'b')], 10).map(({ messageId }) => messageId)).toEqual(['m3']);
  });

  it('are held for good when an earlier one of the sale failed again', () => {
    expect(nextWave([item(1, 'a', 'failed-again'), item(2, 'a')], 10)).toEqual([]);
  });

  it('go on after an earlier message of the sale has had its effect', () => {
    expect(nextWave([item(1, 'a', 'applied'), item(2, 'a')], 10).map(({ messageId }) => messageId)).toEqual(['m2']);
  });

  it('begin with what a crash left half sent', () => {
    expect(nextWave([item(1, 'a', 'sending'), item(2, 'b')], 1).map(({ messageId }) => messageId)).toEqual(['m1']);
  });
});

describe('a second person', () => {
  it.each<[string, string[], { currency: string; minor: number }[], boolean]>([
    ['messages to payment', ['payment.capture-payment.v1'], [], true],
    ['a message that makes a sale be paid', ['checkout.checkout-requested.v1'], [], true],
    ['a lot of money', ['receipt.issue-receipt.v1'], [{ currency: 'GBP', minor: 100_000 }], true],
    ['a little money', ['receipt.issue-receipt.v1'], [{ currency: 'GBP', minor: 99_999 }], false],
    ['stock', ['inventory.commit-stock.v1'], [], false],
  ])('for %s: %s', (_, types, values, isNeeded) => {
    expect(needsApproval(types, values, false)).toBe(isNeeded);
  });

  it('OP12 for any message whose body is edited', () => {
    expect(needsApproval(['inventory.commit-stock.v1'], [], true)).toBe(true);
  });
});

describe('the states of a plan', () => {
  it('end for good', () => {
    expect((['done', 'cancelled', 'expired'] as const).flatMap((from) => (['draft', 'running', 'paused', 'stopped'] as const).filter((to) => mayBecome(from, to)))).toEqual([]);
  });
});
