import { PlatformEnvironment } from '@checkout/service';
import { z } from 'zod';

/** What cart is told by its environment, beside what every service is told. */
export const CartEnvironment = PlatformEnvironment.extend({
  ORCHESTRATOR_URL: z.url({ protocol: /^https?$/, error: 'is not an http address' }).meta({ description: 'where the steps of a sale are followed', example: 'http://orchestrator:8082' }),
  BUS_ROUTE_PERCENT: z.string().regex(/^\d{1,3}(\.\d+)?$/, { error: 'is not a percentage' }).transform(Number).pipe(z.number().max(100)).default(1).meta({
    description: 'how many of a hundred healthy checkouts go straight onto the bus, so that this route is known to work when it is needed', example: '1',
  }),
  CATALOGUE_SNAPSHOT_DIR: z.string().min(1).optional().meta({
    description: 'where copies of the catalogue are kept for a start without the database; without it they live as long as the process', example: '/var/lib/checkout/catalogue',
  }),
});
export type CartEnvironment = z.output<typeof CartEnvironment>;
