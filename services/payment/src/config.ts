import { PlatformEnvironment } from '@checkout/service';
import { z } from 'zod';

/** What payment is told by its environment, beside what every service is told. */
export const PaymentEnvironment = PlatformEnvironment.extend({
  /** The payment provider's address. */
  PROVIDER_URL: z.url({ protocol: /^https?$/ }),
});
export type PaymentEnvironment = z.output<typeof PaymentEnvironment>;
