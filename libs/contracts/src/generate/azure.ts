import { replayFilterOf, topology } from '../topology.ts';

/** The service of the dead-letter desk: it may receive from every subscription and put a message back on every topic. */
const desk = 'functions';

/** The topology as `infra/azure/service-bus.bicep` reads it: entities, and who may send to and receive from which. */
export const azureServiceBus = () => ({
  topics: topology.map(({ name }) => ({
    name,
    defaultMessageTimeToLive: 'P14D',
    requiresDuplicateDetection: false,
    duplicateDetectionHistoryTimeWindow: 'PT10M',
    maxSizeInMegabytes: 5120,
  })),
  subscriptions: topology.flatMap((topic) => topic.subscriptions.map((subscription) => ({
    topic: topic.name,
    ...subscription,
    filter: replayFilterOf(subscription.name),
  }))),
  senders: topology.flatMap((topic) => [...new Set([...topic.senders, desk])].map((service) => ({ topic: topic.name, service }))),
  receivers: topology.flatMap((topic) => topic.subscriptions.flatMap((subscription) => [
    ...(subscription.owner ? [{ topic: topic.name, subscription: subscription.name, service: subscription.owner }] : []),
    ...(subscription.owner === desk ? [] : [{ topic: topic.name, subscription: subscription.name, service: desk }]),
  ])),
});
