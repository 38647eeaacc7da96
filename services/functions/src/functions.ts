import { app } from '@azure/functions';
import { startTelemetry } from '@checkout/observability';
import { readEnvironment, telemetryOf } from '@checkout/service/plain';
import { DeskEnvironment, deskSettings } from './config.ts';
import { assembleDesk } from './desk.ts';
import { serveDesk } from './transport/desk-http.ts';
import { showMetrics } from './transport/desk-metrics.ts';
import { hearOperations } from './transport/operations-bus.ts';
import { runTimers } from './transport/timers.ts';

// The entry point that the Functions host loads, on Azure and on a laptop alike.
const environment = readEnvironment(DeskEnvironment, deskSettings(process.env));
const telemetry = await startTelemetry(telemetryOf('functions', environment));
const desk = assembleDesk(environment);
serveDesk(app, desk);
showMetrics(app, desk);
hearOperations(app, desk);
runTimers(app, desk);
app.hook.appTerminate(async () => {
  await desk.close();
  await telemetry?.close();
});
