import type { Checkout } from '../domain/checkout.ts';
import { aCheckout, noon } from '../testing.ts';
import { followCheckout, type Followed } from './follow-checkout.ts';

const accepted = aCheckout();
const ended: Checkout = { ...accepted, ending: { state: 'completed', receiptNumber: 'S-1', changeMinor: 0, endedAt: noon } };

const streamOf = (...events: readonly string[]) => ({
  async *follow() {
    yield* events;
  },
});

async function followed({ events = [], found = accepted, then = found, ends }: { events?: readonly string[]; found?: Checkout; then?: Checkout; ends?: Checkout }): Promise<Followed[]> {
  const all: Followed[] = [];
  let waits = 0;
  let asks = 0;
  const watch = { isClosed: false, untilEnd: () => Promise.resolve((waits += 1) > 1 ? ends : undefined) };
  const follower = { authorization: 'Bearer x', gone: new AbortController().signal };
  for await (const each of followCheckout(accepted, follower, streamOf(...events), watch, () => Promise.resolve((asks += 1) > 1 ? then : found))) all.push(each);
  return all;
}

describe('following a checkout', () => {
  it('relays what the orchestrator tells and ends with how it stands here', async () => {
    expect(await followed({ events: ['event: step\n\n'], found: ended })).toEqual([{ kind: 'relayed', event: 'event: step\n\n' }, { kind: 'last', checkout: ended }]);
  });

  it('tells that a person has to look as soon as the orchestrator does, and when nobody has to any more', async () => {
    const looked: Checkout = { ...accepted, needsAttention: true };
    expect(await followed({ events: ['id: 4\nevent: needs-attention\n\n', 'event: succeeded\n\n'], found: looked, then: accepted, ends: ended })).toEqual([
      { kind: 'relayed', event: 'id: 4\nevent: needs-attention\n\n' }, { kind: 'meanwhile', checkout: looked },
      { kind: 'relayed', event: 'event: succeeded\n\n' }, { kind: 'meanwhile', checkout: accepted },
      { kind: 'alive' }, { kind: 'last', checkout: ended },
    ]);
  });

  it('finds it out by itself when the orchestrator tells no story', async () => {
    const looked: Checkout = { ...accepted, needsAttention: true };
    expect(await followed({ found: looked, ends: ended })).toEqual([{ kind: 'meanwhile', checkout: looked }, { kind: 'alive' }, { kind: 'last', checkout: ended }]);
  });

  it('waits for the end when the orchestrator cannot be reached, and says that it is alive meanwhile', async () => {
    expect(await followed({ ends: ended })).toEqual([{ kind: 'alive' }, { kind: 'last', checkout: ended }]);
  });
});
