export { providerBalances, violations } from './invariants.ts';
