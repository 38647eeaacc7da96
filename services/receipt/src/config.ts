/** Receipt is told by its environment what every service is told, and nothing else. */
export { PlatformEnvironment as Environment } from '@checkout/service';
