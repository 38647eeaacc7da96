/** What others may know of orchestrator: how it is configured. */
export { Environment } from './config.ts';
