export { MigrationEnvironment, PlatformEnvironment, readEnvironment, telemetryOf, TillOrigins } from './environment.ts';
export { exportedMetrics } from '@checkout/observability';
export { readSettings, SettingsError, settingsOf, type SettingFacts } from './settings.ts';
export { runMigrations } from './run-migrations.ts';
export { runService, type Assembled, type Operators, type PipelineParts, type Platform } from './run-service.ts';
export { BreakerBoard, type BreakerView, type Override, type OverrideMode } from './breaker-board.ts';
