import { documented, type Situation } from '../../situation.ts';
import { expectNothing, receive, sortedBodies } from '../../steps.ts';

export const situation: Situation = {
  promise: 'subscriptions of several topics can gather in one queue, each with its own rules',
  source: documented('service-bus-auto-forwarding', 'Autoforwarding scenarios'),
  entities: {
    queues: { gathered: {} },
    topics: {
      sales: { subscriptions: { large: { forwardTo: 'gathered', defaultRuleOptions: { name: 'large', filter: { sqlExpression: 'total > 100' } } } } },
      refunds: { subscriptions: { all: { forwardTo: 'gathered' } } },
    },
  },
  async run(bus) {
    await bus.sender('sales').sendMessages([{ body: 'small sale', applicationProperties: { total: 5 } }, { body: 'large sale', applicationProperties: { total: 500 } }]);
    await bus.sender('refunds').sendMessages({ body: 'refund' });
    const receiver = bus.receiver('gathered');
    expect(sortedBodies(await receive(receiver, 2))).toEqual(['large sale', 'refund']);
    await expectNothing(receiver);
  },
};
