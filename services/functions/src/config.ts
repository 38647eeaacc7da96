import { PlatformEnvironment } from '@checkout/service';
import { z } from 'zod';

const url = z.url({ protocol: /^https?$/ });

/** What the functions app is told by its settings. It has no port of its own: the Functions host has. */
export const DeskEnvironment = PlatformEnvironment.omit({ PORT: true, RATE_LIMIT_PER_SECOND: true }).extend({
  /** Where each service is asked what a replay would do. */
  CART_URL: url,
  ORCHESTRATOR_URL: url,
  INVENTORY_URL: url,
  PAYMENT_URL: url,
  RECEIPT_URL: url,
});
export type DeskEnvironment = z.output<typeof DeskEnvironment>;
