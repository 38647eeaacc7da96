import { PlatformEnvironment } from '@checkout/service';
import { z } from 'zod';

/** What cart is told by its environment, beside what every service is told. */
export const CartEnvironment = PlatformEnvironment.extend({
  /** Where the steps of a sale can be followed. */
  ORCHESTRATOR_URL: z.url({ protocol: /^https?$/ }),
  /** How many of a hundred healthy checkouts are accepted straight onto the bus, so that this route is known to work when it is needed. */
  BUS_ROUTE_PERCENT: z.string().regex(/^\d{1,3}(\.\d+)?$/, { error: 'is not a percentage' }).transform(Number).pipe(z.number().max(100)).default(1),
  /** Where copies of the catalogue are kept for a start without the database. Without it they live as long as the process. */
  CATALOGUE_SNAPSHOT_DIR: z.string().min(1).optional(),
});
export type CartEnvironment = z.output<typeof CartEnvironment>;
