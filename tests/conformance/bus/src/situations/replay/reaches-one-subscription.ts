import { replayFilterOf } from '@checkout/contracts';
import { documented, type Situation } from '../../situation.ts';
import { bodies, receive } from '../../steps.ts';

export const situation: Situation = {
  promise: 'with the product\'s own rules a replayed dead letter reaches the one subscription it is for, and everything else reaches all',
  source: documented('service-bus-messaging-sql-filter', 'Considerations: IS NULL'),
  entities: {
    topics: {
      'sale-events': {
        subscriptions: Object.fromEntries(['back-office', 'journal'].map((name) => [name, { defaultRuleOptions: { name: 'replay', filter: { sqlExpression: replayFilterOf(name) } } }])),
      },
    },
  },
  async run(bus) {
    await bus.sender('sale-events').sendMessages([
      { body: 'for all' }, { body: 'again for the journal', applicationProperties: { replayFor: 'journal' } }, { body: 'for nobody', applicationProperties: { replayFor: 'gone' } }, { body: 'last' },
    ]);
    expect(bodies(await receive(bus.receiver('sale-events/back-office'), 2))).toEqual(['for all', 'last']);
    expect(bodies(await receive(bus.receiver('sale-events/journal'), 3))).toEqual(['for all', 'again for the journal', 'last']);
  },
};
