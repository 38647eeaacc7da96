import { shortLock } from '../../harness/platform.ts';
import { clientTests, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a closed receiver settles nothing; its message comes again when the lock ends',
  source: clientTests('receiver: settlement after close is refused by the client'),
  entities: { queues: { orders: { lockDuration: shortLock.duration } } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1 });
    const receiver = bus.receiver('orders');
    const message = await receiveOne(receiver);
    await receiver.close();
    await expect(receiver.completeMessage(message)).rejects.toThrow(/closed/);
    expect((await receiveOne(bus.receiver('orders'))).deliveryCount).toBe(1);
  },
};
