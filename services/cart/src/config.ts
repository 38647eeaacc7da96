import { PlatformEnvironment } from '@checkout/service';
import { z } from 'zod';

/** What cart is told by its environment, beside what every service is told. */
export const CartEnvironment = PlatformEnvironment.extend({
  /** Where the steps of a sale can be followed. */
  ORCHESTRATOR_URL: z.url({ protocol: /^https?$/ }),
});
export type CartEnvironment = z.output<typeof CartEnvironment>;
