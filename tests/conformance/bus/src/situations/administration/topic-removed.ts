import { clientTests, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'a removed topic takes its subscriptions with it',
  source: clientTests('serviceBusManagementClient: delete topic'),
  entities: { topics: { news: { subscriptions: { all: {} } } } },
  async run(bus) {
    const name = bus.nameOf('news');
    await bus.administration.deleteTopic(name);
    await expect(bus.newClient().createReceiver(name, 'all').receiveMessages(1)).rejects.toMatchObject({ code: 'MessagingEntityNotFound' });
    await bus.administration.createTopic(name);
    expect(await bus.administration.subscriptionExists(name, 'all')).toBe(false);
  },
};
