import { replayFilterOf, topology } from '../topology.ts';

/** The topology as Microsoft's Service Bus emulator reads it (its `Config.json`); the local stand-in reads the same file. */
export const emulatorConfig = ({ detectsDuplicates = false } = {}) => ({
  UserConfig: {
    Namespaces: [
      {
        Name: 'sbemulatorns',
        Queues: [],
        Topics: topology.map((topic) => ({
          Name: topic.name,
          Properties: { DefaultMessageTimeToLive: 'P14D', DuplicateDetectionHistoryTimeWindow: 'PT10M', RequiresDuplicateDetection: detectsDuplicates },
          Subscriptions: topic.subscriptions.map((subscription) => ({
            Name: subscription.name,
            Properties: {
              DeadLetteringOnMessageExpiration: true,
              DefaultMessageTimeToLive: subscription.defaultMessageTimeToLive,
              LockDuration: subscription.lockDuration,
              MaxDeliveryCount: subscription.maxDeliveryCount,
              ForwardDeadLetteredMessagesTo: '',
              ForwardTo: '',
              RequiresSession: subscription.requiresSession,
            },
            Rules: [{ Name: 'replay', Properties: { FilterType: 'Sql' as const, SqlFilter: { SqlExpression: replayFilterOf(subscription.name) } } }],
          })),
        })),
      },
    ],
    Logging: { Type: 'File' },
  },
});
