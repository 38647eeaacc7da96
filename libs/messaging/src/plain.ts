/** What a program needs of messaging that has no Nest in it: the functions app. */
export { connectServiceBus } from './connect.ts';
export { toOutbound, toServiceBus, type Outbound } from './codec.ts';
