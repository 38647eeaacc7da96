import { clientTests, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'entities are read back as they were made',
  source: clientTests('serviceBusManagementClient: create and get'),
  entities: {
    queues: { orders: { lockDuration: 'PT45S', maxDeliveryCount: 7, requiresSession: true, deadLetteringOnMessageExpiration: true, defaultMessageTimeToLive: 'P2D', userMetadata: 'tills & <desks>' } },
    topics: { news: { requiresDuplicateDetection: true, duplicateDetectionHistoryTimeWindow: 'PT3M', subscriptions: { all: { lockDuration: 'PT30S', maxDeliveryCount: 3, requiresSession: true } } } },
  },
  async run(bus) {
    expect(await bus.administration.getQueue(bus.nameOf('orders'))).toMatchObject({
      lockDuration: 'PT45S', maxDeliveryCount: 7, requiresSession: true, deadLetteringOnMessageExpiration: true, defaultMessageTimeToLive: 'P2D', userMetadata: 'tills & <desks>',
    });
    expect(await bus.administration.getTopic(bus.nameOf('news'))).toMatchObject({ requiresDuplicateDetection: true, duplicateDetectionHistoryTimeWindow: 'PT3M' });
    expect(await bus.administration.getSubscription(bus.nameOf('news'), 'all')).toMatchObject({ lockDuration: 'PT30S', maxDeliveryCount: 3, requiresSession: true });
  },
};
