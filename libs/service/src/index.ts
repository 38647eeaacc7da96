export { PlatformEnvironment, readEnvironment } from './environment.ts';
export { runMigrations } from './run-migrations.ts';
export { runService, type Assembled, type PipelineParts, type Platform } from './run-service.ts';
