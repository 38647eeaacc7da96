import { PlatformEnvironment, TillOrigins } from '@checkout/service';
import { z } from 'zod';
import { isSigningKey } from './gateway/limits-signer.ts';

/** What cart is told by its environment, beside what every service is told. */
export const CartEnvironment = PlatformEnvironment.extend({
  TILL_ORIGINS: TillOrigins,
  ORCHESTRATOR_URL: z.url({ protocol: /^https?$/, error: 'is not an http address' }).meta({ description: 'where the steps of a sale or a refund are followed', example: 'http://orchestrator:8082' }),
  BUS_ROUTE_PERCENT: z.string().regex(/^\d{1,3}(\.\d+)?$/, { error: 'is not a percentage' }).transform(Number).pipe(z.number().max(100)).default(1).meta({
    description: 'how many of a hundred healthy checkouts go straight onto the bus, so that this route is known to work when it is needed', example: '1',
  }),
  CATALOGUE_SNAPSHOT_DIR: z.string().min(1).optional().meta({
    description: 'where copies of the catalogue are kept for a start without the database; without it they live as long as the process', example: '/var/lib/checkout/catalogue',
  }),
  OFFLINE_LIMITS_KEY: z.string().refine(isSigningKey, { error: 'is not a private P-256 key as a JSON Web Key' }).optional().meta({
    description: 'the private key (JSON Web Key, P-256) that signs what tills may take on cards alone; without it they take cash alone', example: '{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}', secret: true,
  }),
});
export type CartEnvironment = z.output<typeof CartEnvironment>;
