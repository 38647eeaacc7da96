import { setTimeout as sleep } from 'node:timers/promises';

export interface TelemetryOptions {
  readonly service: string;
  readonly version: string;
  /** Sends traces, and the metrics that alerts ask for, to Application Insights. */
  readonly applicationInsights?: string | undefined;
  /** Sends traces to a collector by OTLP over HTTP, which the SDK reads from the environment itself. */
  readonly otlpEndpoint?: string | undefined;
}

/** What records spans and metrics, until it is closed. Closing sends what it holds, if somebody takes it. */
export interface Telemetry {
  close(): Promise<void>;
}

/**
 * Records spans where somebody wants them. Nobody does unless asked, and then nothing of it is even loaded: the SDK of Azure Monitor takes
 * seconds to start and 130 MB, and a laptop and a test have no use for it. Spans are our own (`openSpan`); no library is patched. Metrics are
 * Prometheus' at `/metrics`; Application Insights is sent the few that alerts ask it for (exported-metrics.ts), once a minute.
 */
export async function startTelemetry({ service, version, applicationInsights, otlpEndpoint }: TelemetryOptions): Promise<Telemetry | undefined> {
  if (applicationInsights === undefined && otlpEndpoint === undefined) return undefined;
  process.env['OTEL_SERVICE_NAME'] ??= service;
  process.env['OTEL_RESOURCE_ATTRIBUTES'] ??= `service.version=${version}`;
  return applicationInsights === undefined ? toCollector() : toApplicationInsights(applicationInsights);
}

const partingMs = 5_000;

/** What nobody takes is lost: that fails nothing, and the end of a process waits for it no longer than this. */
const parting = async (closing: Promise<void>): Promise<void> => {
  await Promise.race([closing.catch(() => {}), sleep(partingMs, undefined, { ref: false })]);
};

async function toCollector(): Promise<Telemetry> {
  process.env['OTEL_METRICS_EXPORTER'] ??= 'none';
  process.env['OTEL_LOGS_EXPORTER'] ??= 'none';
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const sdk = new NodeSDK({ instrumentations: [] });
  sdk.start();
  return { close: () => parting(sdk.shutdown()) };
}

async function toApplicationInsights(connectionString: string): Promise<Telemetry> {
  const { shutdownAzureMonitor, useAzureMonitor } = await import('@azure/monitor-opentelemetry');
  const off = { enabled: false };
  useAzureMonitor({
    azureMonitorExporterOptions: { connectionString },
    enableLiveMetrics: false,
    enableStandardMetrics: false,
    instrumentationOptions: { http: off, azureSdk: off, mongoDb: off, mySql: off, postgreSql: off, redis: off, redis4: off },
  });
  const { exportMetrics } = await import('./export-metrics.ts');
  exportMetrics();
  return { close: () => parting(shutdownAzureMonitor()) };
}
