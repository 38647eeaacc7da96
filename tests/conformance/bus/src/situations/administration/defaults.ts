import { documented, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'a queue made without options locks for a minute, delivers ten times, keeps messages for ever and looks for no duplicates',
  source: documented('service-bus-quotas', 'Messaging quotas; defaults of created entities'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    expect(await bus.administration.getQueue(bus.nameOf('orders'))).toMatchObject({
      name: bus.nameOf('orders'), lockDuration: 'PT1M', maxDeliveryCount: 10, requiresSession: false, requiresDuplicateDetection: false, duplicateDetectionHistoryTimeWindow: 'PT10M',
      deadLetteringOnMessageExpiration: false, defaultMessageTimeToLive: 'P10675199DT2H48M5.4775807S', status: 'Active',
    });
  },
};
