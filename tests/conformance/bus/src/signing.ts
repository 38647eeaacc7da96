import { createHmac } from 'node:crypto';
import { parseServiceBusConnectionString } from '@azure/service-bus';
import type { Bus } from './harness/bus.ts';

/**
 * A connection string with a shared access signature for one entity instead of a key, signed as the documentation says
 * (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-sas). `until` is in Unix milliseconds.
 */
export function signedFor({ connectionString }: Pick<Bus, 'connectionString'>, entity: string, until: number): string {
  const { endpoint, sharedAccessKeyName = '', sharedAccessKey = '' } = parseServiceBusConnectionString(connectionString);
  const resource = encodeURIComponent(`${endpoint.replace(/\/?$/, '/')}${entity}`);
  const end = Math.floor(until / 1000);
  const signature = encodeURIComponent(createHmac('sha256', sharedAccessKey).update(`${resource}\n${end}`).digest('base64'));
  const emulator = connectionString.includes('UseDevelopmentEmulator=true') ? ';UseDevelopmentEmulator=true' : '';
  return `Endpoint=${endpoint};SharedAccessSignature=SharedAccessSignature sr=${resource}&sig=${signature}&se=${end}&skn=${encodeURIComponent(sharedAccessKeyName)}${emulator}`;
}
