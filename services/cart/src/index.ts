/** What others may know of cart: how it is configured. */
export { CartEnvironment as Environment } from './config.ts';
