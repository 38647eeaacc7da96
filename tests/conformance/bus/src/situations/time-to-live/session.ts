import { documented, type Situation } from '../../situation.ts';
import { receiveOne, sleep } from '../../steps.ts';

export const situation: Situation = {
  promise: 'an expired message of a session is skipped and the session goes on with the next',
  source: documented('message-expiration', 'Message expiration (Time to Live)'),
  entities: { queues: { orders: { requiresSession: true, deadLetteringOnMessageExpiration: true } } },
  async run(bus) {
    await bus.sender('orders').sendMessages([{ body: 'stale', sessionId: 's', timeToLive: 500 }, { body: 'fresh', sessionId: 's' }]);
    await sleep(1000);
    expect((await receiveOne(await bus.acceptNextSession('orders'))).body).toBe('fresh');
    expect(await receiveOne(bus.deadLetters('orders'))).toMatchObject({ body: 'stale', sessionId: 's', deadLetterReason: 'TTLExpiredException' });
  },
};
