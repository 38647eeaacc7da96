/** What a program needs of the platform that has no Nest in it: the functions app. */
export { PlatformEnvironment, readEnvironment, telemetryOf } from './environment.ts';
