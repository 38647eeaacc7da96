export type { Grant, Principal, Right } from './access.ts';
export { certificateOf, type Certificate } from './certificate.ts';
export { startServiceBus, type ServiceBus, type ServiceBusOptions } from './server.ts';
export type { EmulatorConfig, EntityProperties, QueueConfig, RuleConfig, SubscriptionConfig, TopicConfig } from './topology.ts';
export type { FaultName, FaultRequest, FaultSpec } from './fault/fault-spec.ts';
