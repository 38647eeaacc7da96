import { documented, type Situation } from '../../situation.ts';
import { expectNothing, receiveOne, sleep } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a message that outlived itself under lock expires as soon as it is abandoned',
  source: documented('message-expiration', 'Message expiration (Time to Live)'),
  entities: { queues: { orders: { deadLetteringOnMessageExpiration: true } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1, timeToLive: 2000 });
    const receiver = bus.receiver('orders');
    const message = await receiveOne(receiver);
    await sleep(2500);
    await receiver.abandonMessage(message);
    await expectNothing(receiver);
    expect((await receiveOne(bus.deadLetters('orders'))).deadLetterReason).toBe('TTLExpiredException');
  },
};
