import { PlatformEnvironment } from '@checkout/service';
import { z } from 'zod';
import { isSecret } from './gateway/webhook-signature.ts';

/** What payment is told by its environment, beside what every service is told. */
export const PaymentEnvironment = PlatformEnvironment.extend({
  /** The payment provider's address. */
  PROVIDER_URL: z.url({ protocol: /^https?$/ }),
  /** `whsec_…`, separated by commas: two while one replaces the other. Without any, every webhook is refused. */
  PROVIDER_WEBHOOK_SECRETS: z.string().default('').transform((text) => text.split(',').filter(Boolean))
    .refine((secrets) => secrets.every(isSecret), { error: 'is not a list of whsec_… secrets' }),
  /** Whether the provider's account is one for tests: events of the other kind are refused. */
  PROVIDER_MODE: z.enum(['live', 'test']).default('live'),
});
export type PaymentEnvironment = z.output<typeof PaymentEnvironment>;
