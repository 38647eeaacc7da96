/** What others may know of payment: how it is configured. */
export { PaymentEnvironment as Environment } from './config.ts';
