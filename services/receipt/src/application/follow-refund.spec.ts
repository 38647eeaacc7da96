import { noRefunds, type Refund } from '../domain/refund.ts';
import { refundOf } from '../domain/refund-request.ts';
import { receiptOf } from '../domain/receipt.ts';
import { aRefundOf, issuedAtMs, paid } from '../testing.ts';
import { followRefund } from './follow-refund.ts';

const refund = refundOf(aRefundOf([{ line: 1, quantity: 1, goods: 'restock' }], 299), receiptOf(paid('sale 1').body, 'S', 42, issuedAtMs), noRefunds, 1_000, issuedAtMs) as Refund;
const done: Refund = { ...refund, state: 'completed' };
async function* steps(...events: string[]) {
  yield* events;
}

async function told(now: () => Promise<Refund | undefined>, ...events: string[]): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const each of followRefund(refund, { authorization: '', gone: new AbortController().signal }, { follow: () => steps(...events) }, now)) all.push(each);
  return all;
}

describe('following a refund', () => {
  it('tells its steps and then how it ended', async () => {
    expect(await told(() => Promise.resolve(done), 'a', 'b')).toEqual([{ kind: 'relayed', event: 'a' }, { kind: 'relayed', event: 'b' }, { kind: 'last', refund: done }]);
  });

  it('tells the end also when the orchestrator cannot be reached, as soon as the table knows it', async () => {
    let looks = 0;
    expect(await told(() => Promise.resolve((looks += 1) < 3 ? refund : done))).toEqual([{ kind: 'last', refund: done }]);
    expect(looks).toBe(3);
  });
});
