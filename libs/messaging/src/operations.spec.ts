import { createLogger } from '@checkout/observability';
import type { Outbound } from './codec.ts';
import { Operations } from './operations.ts';
import { unknownTotal } from './unknowns.ts';

function listening() {
  const sent: Outbound[] = [];
  const bus = { send: (messages: readonly Outbound[]) => Promise.resolve(void sent.push(...messages)) };
  const operations = new Operations({ service: 'cart', bus, logger: createLogger({ service: 'cart', level: 'silent' }), instance: 'cart-1' });
  return { sent, operations };
}

describe('what a service tells the operators', () => {
  it('names an outage by one id, from its breaker\'s opening to its end', async () => {
    const { sent, operations } = listening();
    operations.breakerChanged({ breaker: 'cart/accept', from: 'closed', to: 'open', afterMs: 10, incidentId: 'i-1', cause: new Error('gone'), kind: 'socket' });
    operations.breakerChanged({ breaker: 'cart/accept', from: 'open', to: 'ramping', afterMs: 20, incidentId: 'i-1' });
    operations.breakerChanged({ breaker: 'cart/accept', from: 'ramping', to: 'closed', afterMs: 30 });
    await operations.close();
    expect(sent.map(({ bodyJson }) => (JSON.parse(bodyJson) as { readonly incidentId?: string }).incidentId)).toEqual(['i-1', 'i-1', undefined]);
  });

  it('counts outcomes that nobody knows exactly, by what they are of', async () => {
    const countOf = async (kind: string) => (await unknownTotal.get()).values.find(({ labels }) => labels.kind === kind)?.value ?? 0;
    const before = await countOf('commit');
    const { operations } = listening();
    operations.outcomeUnknown('commit', 'cart/cart');
    operations.outcomeUnknown('commit', 'cart/cart');
    expect(await countOf('commit')).toBe(before + 2);
  });
});
