export { createLogger, type Logger, type LoggerOptions } from './logger.ts';
export { containsPan, isLuhn, maskPans } from './pan.ts';
export { childOf, newTraceparent, parseTraceparent, spanIdOf, traceIdOf, type Traceparent } from './trace.ts';
export { inSpan, openSpan, type OpenSpan, type SpanOptions } from './span.ts';
export { collectProcessMetrics, countedElsewhere, counter, durationBuckets, gauge, histogram, metricsContentType, metricsText, registry } from './metrics.ts';
export { Health, type Check, type CheckResult, type HealthReport, type Probe } from './health.ts';
export { Shutdown, shutdownPhases, type ShutdownOptions, type ShutdownPhase } from './shutdown.ts';
export { startTelemetry, type Telemetry, type TelemetryOptions } from './telemetry.ts';
export { exitOnCrash } from './crash.ts';
