/** What others may know of inventory: how it is configured. */
export { Environment } from './config.ts';
