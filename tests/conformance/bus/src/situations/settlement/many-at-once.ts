import { documented, type Situation } from '../../situation.ts';
import { receive } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a hundred completions at once all have their effect',
  source: documented('message-transfers-locks-settlement', 'Settling receive operations'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages(Array.from({ length: 100 }, (_unused, index) => ({ body: index })));
    const receiver = bus.receiver('orders');
    const received = await receive(receiver, 100);
    await Promise.all(received.map((message) => receiver.completeMessage(message)));
    expect(await bus.peek('orders')).toEqual([]);
  },
};
