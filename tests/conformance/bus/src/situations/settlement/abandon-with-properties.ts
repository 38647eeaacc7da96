import { clientTests, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'abandoning can change and add application properties',
  source: clientTests('receiver: abandon with propertiesToModify'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages({ body: 1, applicationProperties: { tried: 'never', kept: 5 } });
    const receiver = bus.receiver('orders');
    await receiver.abandonMessage(await receiveOne(receiver), { tried: 'once', why: 'busy' });
    expect((await receiveOne(receiver)).applicationProperties).toEqual({ tried: 'once', kept: 5, why: 'busy' });
  },
};
