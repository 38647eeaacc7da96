import { clientTests, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'what is not there is neither read nor changed nor removed: 404 and MessageEntityNotFoundError',
  source: clientTests('serviceBusManagementClient: missing entities'),
  entities: { topics: { news: { subscriptions: { all: {} } } } },
  async run(bus) {
    const { administration } = bus;
    const missing = { code: 'MessageEntityNotFoundError' };
    await expect(administration.getQueue('conformance-nobody-made-this')).rejects.toMatchObject(missing);
    await expect(administration.deleteQueue('conformance-nobody-made-this')).rejects.toMatchObject(missing);
    await expect(administration.getSubscription(bus.nameOf('news'), 'nobody')).rejects.toMatchObject(missing);
    expect(await administration.queueExists('conformance-nobody-made-this')).toBe(false);
    expect(await administration.topicExists(bus.nameOf('news'))).toBe(true);
    expect(await administration.subscriptionExists(bus.nameOf('news'), 'nobody')).toBe(false);
  },
};
