import { documented, type Situation } from '../../situation.ts';
import { bodies, receive } from '../../steps.ts';

export const situation: Situation = {
  promise: 'consumers that take whatever session is next share all of them, each in its own order',
  source: documented('message-sessions', 'Session features'),
  entities: { topics: { commands: { subscriptions: { inventory: { requiresSession: true } } } } },
  async run(bus) {
    const partitions = Array.from({ length: 8 }, (_unused, index) => `p${index}`);
    await bus.sender('commands').sendMessages(Array.from({ length: 80 }, (_unused, index) => ({ body: index, sessionId: `p${index % 8}` })));
    const taken = await Promise.all(partitions.map(async () => {
      const session = await bus.acceptNextSession('commands/inventory');
      return { of: session.sessionId, numbers: bodies(await receive(session, 10)) };
    }));
    expect(taken.map((each) => each.of).toSorted()).toEqual(partitions);
    for (const { of, numbers } of taken) expect(numbers).toEqual(Array.from({ length: 10 }, (_unused, index) => index * 8 + Number(of.slice(1))));
  },
};
