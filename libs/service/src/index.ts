export { PlatformEnvironment, readEnvironment } from './environment.ts';
export { runService, type Assembled, type PipelineParts, type Platform } from './run-service.ts';
