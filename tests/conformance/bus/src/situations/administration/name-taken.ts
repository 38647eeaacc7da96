import { clientTests, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'making what is already there fails with 409 and MessageEntityAlreadyExistsError',
  source: clientTests('serviceBusManagementClient: create twice'),
  entities: { queues: { orders: {} }, topics: { news: { subscriptions: { all: {} } } } },
  async run(bus) {
    const taken = { statusCode: 409, code: 'MessageEntityAlreadyExistsError' };
    await expect(bus.administration.createQueue(bus.nameOf('orders'))).rejects.toMatchObject(taken);
    await expect(bus.administration.createTopic(bus.nameOf('news'))).rejects.toMatchObject(taken);
    await expect(bus.administration.createSubscription(bus.nameOf('news'), 'all')).rejects.toMatchObject(taken);
  },
};
