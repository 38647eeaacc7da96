import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Registry } from './core-api.ts';
import { HttpTriggers } from './http-trigger.ts';
import { triggerOf, type Log } from './invoke.ts';
import { ServiceBusTriggers } from './service-bus-trigger.ts';
import { readHostSettings } from './settings.ts';
import { TimerTriggers } from './timer-trigger.ts';

export interface FunctionsHostOptions {
  /** The folder of the function app: `host.json`, and `package.json` whose `main` registers the functions. */
  readonly appDirectory: string;
  /** Instead of `main`, below the folder: for running the sources that `main` is compiled from. */
  readonly entry?: string;
  readonly port: number;
  readonly host: string;
  readonly settings: NodeJS.ProcessEnv;
  readonly log: Log;
}

const supported = ['httpTrigger', 'timerTrigger', 'serviceBusTrigger'];

/**
 * Loads a function app and runs it: HTTP, timer and Service Bus triggers. One for each process.
 * @throws Error naming what the app uses and this host has not
 */
export async function startFunctionsHost({ appDirectory, entry, port, host, settings, log }: FunctionsHostOptions): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const hostSettings = readHostSettings(appDirectory);
  const { main } = JSON.parse(readFileSync(join(appDirectory, 'package.json'), 'utf8')) as { main?: string };
  const file = entry ?? main;
  if (file === undefined) throw new Error(`${join(appDirectory, 'package.json')} must name the entry point as "main".`);

  const registry = new Registry((level, message) => log(level, message));
  registry.install();
  await import(pathToFileURL(join(appDirectory, file)).href);
  const unknown = registry.functions.filter((each) => !supported.includes(triggerOf(each).type));
  if (unknown.length > 0) throw new Error(`Not supported here: ${unknown.map((each) => `${each.name} (${triggerOf(each).type})`).join(', ')}. There are: ${supported.join(', ')}.`);

  await registry.run('appStart', { hookData: {}, appHookData: {} });
  const http = new HttpTriggers(registry, hostSettings.routePrefix, log);
  const timers = new TimerTriggers();
  const serviceBus = new ServiceBusTriggers();
  const bound = await http.listen(port, host);
  timers.start(registry, settings, log);
  serviceBus.start(registry, settings, hostSettings.serviceBus, log);
  log('information', 'listening', { port: bound, functions: registry.functions.map((each) => each.name) });

  return {
    port: bound,
    async stop() {
      await Promise.all([http.close(), timers.stop(), serviceBus.stop()]);
      await registry.run('appTerminate', { hookData: {}, appHookData: {} });
    },
  };
}
