import { PlatformEnvironment, TillOrigins } from '@checkout/service';
import { z } from 'zod';

/** What receipt is told by its environment, beside what every service is told. */
export const Environment = PlatformEnvironment.extend({
  TILL_ORIGINS: TillOrigins,
  ORCHESTRATOR_URL: z.url({ protocol: /^https?$/, error: 'is not an http address' }).meta({ description: 'where the steps of a sale or a refund are followed', example: 'http://orchestrator:8082' }),
  REFUND_WINDOW_DAYS: z.string().regex(/^\d{1,4}$/, { error: 'is not a number of days' }).transform(Number).pipe(z.int().min(1)).default(365).meta({
    description: 'how long after its completion a sale can be refunded at a till', example: '365',
  }),
});
export type ReceiptEnvironment = z.output<typeof Environment>;
