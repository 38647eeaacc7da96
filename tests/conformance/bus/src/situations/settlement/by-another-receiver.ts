import { assumed, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'another receiver of the same client can settle a message, as long as the one that received it is open',
  source: assumed('the client settles on the link that the message came by, whichever receiver is asked'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1 });
    const message = await receiveOne(bus.receiver('orders'));
    await bus.receiver('orders').completeMessage(message);
    expect(await bus.peek('orders')).toEqual([]);
  },
};
