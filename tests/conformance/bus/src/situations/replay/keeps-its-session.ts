import { replayFilterOf } from '@checkout/contracts';
import { documented, type Situation } from '../../situation.ts';
import { because, bodies, receive, receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a dead letter sent again with its session goes back into that partition, behind what is there',
  source: documented('service-bus-dead-letter-queues', 'Sending dead-lettered messages to be reprocessed'),
  entities: {
    topics: {
      commands: { subscriptions: { inventory: { requiresSession: true, defaultRuleOptions: { name: 'replay', filter: { sqlExpression: replayFilterOf('inventory') } } } } },
    },
  },
  async run(bus) {
    const sender = bus.sender('commands');
    await sender.sendMessages(['poison', 'next'].map((body) => ({ body, sessionId: 'p1' })));
    const session = await bus.acceptSession('commands/inventory', 'p1');
    await session.deadLetterMessage(await receiveOne(session), because('UnreadableBody'));
    const desk = bus.deadLetters('commands/inventory');
    const dead = await receiveOne(desk);
    if (dead.sessionId === undefined) throw new Error('A dead letter keeps its session id.');
    await sender.sendMessages({ body: 'mended', sessionId: dead.sessionId, applicationProperties: { replayFor: 'inventory' } });
    await desk.completeMessage(dead);
    expect(bodies(await receive(session, 2))).toEqual(['next', 'mended']);
  },
};
