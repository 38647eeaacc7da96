import type { Clock } from '@checkout/kernel';
import type { WebhookReader } from '../application/ports.ts';
import { eventOf } from './webhook-event.ts';
import { verify } from './webhook-signature.ts';

/** Webhooks signed with any of these secrets; without one, none is good. */
export const signedWebhooks = (secrets: readonly string[], clock: Clock = Date.now): WebhookReader => ({
  verify: (headers, body) => verify(headers, body, secrets, clock()),
  read: eventOf,
});
