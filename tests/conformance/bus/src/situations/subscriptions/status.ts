import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a disabled entity refuses with MessagingEntityDisabled: sending, receiving or both',
  source: documented('entity-suspend', 'Suspension states'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const queue = await bus.administration.getQueue(bus.nameOf('orders'));
    await bus.administration.updateQueue({ ...queue, status: 'SendDisabled' });
    await expect(bus.newClient().createSender(queue.name).sendMessages({ body: 1 })).rejects.toMatchObject({ code: 'MessagingEntityDisabled' });
    await bus.administration.updateQueue({ ...queue, status: 'ReceiveDisabled' });
    await bus.newClient().createSender(queue.name).sendMessages({ body: 'waits' });
    await expect(bus.newClient().createReceiver(queue.name).receiveMessages(1)).rejects.toMatchObject({ code: 'MessagingEntityDisabled' });
    await bus.administration.updateQueue({ ...queue, status: 'Active' });
    expect((await receiveOne(bus.newClient().createReceiver(queue.name))).body).toBe('waits');
  },
};
