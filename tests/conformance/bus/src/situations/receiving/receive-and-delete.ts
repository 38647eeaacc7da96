import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a message received in receive-and-delete mode is gone, and has neither lock nor anything to settle',
  source: documented('message-transfers-locks-settlement', 'ReceiveAndDelete'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 'once' });
    const receiver = bus.receiver('orders', { receiveMode: 'receiveAndDelete' });
    const message = await receiveOne(receiver);
    expect(message.lockedUntilUtc).toBeUndefined();
    await expect(receiver.completeMessage(message)).rejects.toThrow(/receiveAndDelete/);
    expect(await bus.peek('orders')).toEqual([]);
  },
};
