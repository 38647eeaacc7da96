import { PlatformEnvironment } from '@checkout/service/plain';
import { z } from 'zod';

const url = (service: string) => z.url({ protocol: /^https?$/, error: 'is not an http address' })
  .meta({ description: `where ${service} is asked what a replay would do`, example: `https://${service}.checkout.example` });

/** What the functions app is told by its settings. It has no port of its own: the Functions host has. */
export const DeskEnvironment = PlatformEnvironment.omit({ PORT: true, RATE_LIMIT_PER_SECOND: true }).extend({
  CART_URL: url('cart'),
  ORCHESTRATOR_URL: url('orchestrator'),
  INVENTORY_URL: url('inventory'),
  PAYMENT_URL: url('payment'),
  RECEIPT_URL: url('receipt'),
});
export type DeskEnvironment = z.output<typeof DeskEnvironment>;

/**
 * Its app settings, as the schema names them. On Azure the Functions host has its own way to say that a connection is an identity and not a
 * secret: a group of settings. The host name is one of them, so it is not said twice.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger#identity-based-connections
 */
export const deskSettings = (settings: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
  const host = settings['SERVICE_BUS_CONNECTION__fullyQualifiedNamespace'];
  return host === undefined ? settings : { ...settings, SERVICE_BUS_CONNECTION: host };
};
