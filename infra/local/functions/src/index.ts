export { startFunctionsHost, type FunctionsHostOptions } from './host.ts';
