export { startProvider, type ProviderOptions, type RunningProvider } from './server.ts';
export type { Authorization } from './provider.ts';
export type { LedgerEntry, Movement, Total } from './ledger.ts';
