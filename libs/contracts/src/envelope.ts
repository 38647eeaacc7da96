import { z } from 'zod';
import { SaleId, StoreId, TenantId } from './shapes.ts';

/**
 * What travels beside a message: CloudEvents 1.0 attributes, W3C trace context, and the ids that say what caused what.
 * `libs/messaging` writes it into the application properties of a Service Bus message and reads it back.
 */
export const Envelope = z.object({
  /** Names the content: a redelivery or a second send of the same thing has the same id. */
  id: z.string().min(1).max(128),
  /** The service that said it, as `/services/payment`. */
  source: z.string().min(1).max(200),
  type: z.string().min(1).max(200),
  time: z.string().max(40),
  tenantId: TenantId,
  /** Absent where a message speaks of no store. */
  storeId: StoreId.optional(),
  saleId: SaleId.optional(),
  /** The message that caused this one. */
  causationId: z.string().max(128).optional(),
  traceparent: z.string().max(60).optional(),
  /** The dead letter that this message puts back; it was sent to one subscription only. */
  replayOf: z.string().max(128).optional(),
});
export type Envelope = z.output<typeof Envelope>;

/** The tenant of messages that belong to no tenant: breakers and other operations. No token is ever issued for it. */
export const noTenant = 'platform';
