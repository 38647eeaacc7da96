import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The parts of host.json that this host honours. https://learn.microsoft.com/azure/azure-functions/functions-host-json */
export interface HostSettings {
  /** Put before every route. Default `api`. */
  readonly routePrefix: string;
  readonly serviceBus: { readonly autoCompleteMessages: boolean; readonly maxConcurrentCalls: number; readonly maxConcurrentSessions: number };
}

/** @throws Error when host.json is missing, or is not of version 2.0 */
export function readHostSettings(appDirectory: string): HostSettings {
  const file = join(appDirectory, 'host.json');
  const host = JSON.parse(readFileSync(file, 'utf8')) as {
    version?: string;
    extensions?: { http?: { routePrefix?: string }; serviceBus?: Partial<HostSettings['serviceBus']> };
  };
  if (host.version !== '2.0') throw new Error(`${file} must state "version": "2.0".`);
  const { http = {}, serviceBus = {} } = host.extensions ?? {};
  return {
    routePrefix: http.routePrefix ?? 'api',
    // What the extension does when host.json is silent: https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus
    serviceBus: { autoCompleteMessages: true, maxConcurrentCalls: 16, maxConcurrentSessions: 8, ...serviceBus },
  };
}

/** Replaces `%NAME%` by the app setting of that name, as bindings may be written. @throws Error naming a setting that is not there */
export function withSettings(text: string, settings: NodeJS.ProcessEnv): string {
  return text.replaceAll(/%([^%]+)%/g, (_, name: string) => {
    const value = settings[name];
    if (value === undefined) throw new Error(`The app setting ${name} is needed by a binding, and is not set.`);
    return value;
  });
}
