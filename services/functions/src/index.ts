/** What others may know of functions: how it is configured. */
export { DeskEnvironment as Environment, deskSettings } from './config.ts';
