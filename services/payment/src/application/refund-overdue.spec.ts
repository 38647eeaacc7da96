import { capturedSale, done, onCard, silence } from '../testing.ts';

describe('a refund that nobody answers about', () => {
  it('P17 is asked about again under the same key; from the third time on its outcome is looked up first', () => {
    const till = capturedSale().refund('refund 1', onCard(1, 200));
    for (let attempt = 1; attempt < 4; attempt += 1) till.answerRefund('refund 1', 1, silence).overdueRefund('refund 1', 1);
    expect(till.refundAsks.map(({ attempt, question: { looksFirst } }) => ({ attempt, looksFirst }))).toEqual([
      { attempt: 1, looksFirst: false }, { attempt: 2, looksFirst: false }, { attempt: 3, looksFirst: true }, { attempt: 4, looksFirst: true },
    ]);
    expect(new Set(till.refundAsks.map(({ question: { idempotencyKey } }) => idempotencyKey)).size).toBe(1);
  });

  it('is never said again once the provider may have forgotten the key', () => {
    const till = capturedSale().refund('refund 1', onCard(1, 200)).answerRefund('refund 1', 1, silence);
    till.now += 24 * 3_600_000;
    till.overdueRefund('refund 1', 1);
    expect(till.refundAsks.at(-1)?.question.mayRepeat).toBe(false);
  });

  it('is left alone when the answer came meanwhile, or when it is not there', () => {
    const till = capturedSale().refund('refund 1', onCard(1, 200)).answerRefund('refund 1', 1, done());
    const asked = till.refundAsks.length;
    till.overdueRefund('refund 1', 1).overdueRefund('refund 2', 1);
    expect(till.refundAsks).toHaveLength(asked);
  });
});
