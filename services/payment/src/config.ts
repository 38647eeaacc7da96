import { PlatformEnvironment } from '@checkout/service';
import { z } from 'zod';
import { isSecret } from './gateway/webhook-signature.ts';

/** What payment is told by its environment, beside what every service is told. */
export const PaymentEnvironment = PlatformEnvironment.extend({
  PROVIDER_URL: z.url({ protocol: /^https?$/, error: 'is not an http address' }).meta({ description: 'the payment provider', example: 'https://api.provider.example' }),
  PROVIDER_WEBHOOK_SECRETS: z.string().default('').transform((text) => text.split(',').filter(Boolean))
    .refine((secrets) => secrets.every(isSecret), { error: 'is not a list of whsec_… secrets' })
    .meta({ description: '`whsec_…`, separated by commas: two while one replaces the other; without any, every webhook is refused', example: 'whsec_…', secret: true }),
  PROVIDER_MODE: z.enum(['live', 'test']).default('live').meta({ description: 'whether the provider\'s account is one for tests: events of the other kind are refused', example: 'live' }),
});
export type PaymentEnvironment = z.output<typeof PaymentEnvironment>;
