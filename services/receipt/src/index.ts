/** What others may know of receipt: how it is configured. */
export { Environment } from './config.ts';
