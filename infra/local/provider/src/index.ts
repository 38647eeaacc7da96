export { startProvider, type ProviderOptions, type RunningProvider } from './server.ts';
export type { Fault, FaultRule } from './faults.ts';
export type { Authorization, ReferenceView } from './provider.ts';
export type { WebhookOptions } from './webhooks.ts';
export type { LedgerEntry, Movement, Total } from './ledger.ts';
