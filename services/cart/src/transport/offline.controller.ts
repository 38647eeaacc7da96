import { Caller, Requires, type Principal } from '@checkout/auth';
import { http } from '@checkout/contracts';
import { Problem, ZodQuery } from '@checkout/http';
import { Controller, Get, Inject } from '@nestjs/common';
import { z } from 'zod';
import { listOfflineSales, placeIn } from '../application/list-offline-sales.ts';
import type { OfflineSales } from '../application/ports.ts';
import type { StateLimits } from '../application/state-limits.ts';
import { storeOf, tillOf } from './callers.ts';
import { LIMITS, OFFLINE_SALES } from './tokens.ts';

/** The page after another: what `next` of that says, or a moment. */
export const BeforeQuery = z.strictObject({ before: z.string().refine((text) => placeIn(text) !== undefined, { error: 'is neither what `next` said nor a moment' }).optional() });

/** What tills may do alone, and what they have sold alone. */
@Controller('v1')
export class OfflineController {
  constructor(
    @Inject(LIMITS) private readonly limits: StateLimits | undefined,
    @Inject(OFFLINE_SALES) private readonly sales: OfflineSales,
  ) {}

  @Get('offline-limits')
  @Requires('checkout:submit')
  async signed(@Caller() caller: Principal): Promise<z.output<typeof http.SignedLimits>> {
    const limits = await this.limits?.of({ tenantId: caller.tenantId, storeId: storeOf(caller), tillId: tillOf(caller) }, Date.now());
    if (limits === undefined) throw new Problem('not-found', { detail: 'No limits are given out here: tills take cash alone while they work alone.' });
    return { limits };
  }

  @Get('offline-limits/keys')
  @Requires('checkout:submit')
  async keys(): Promise<http.LimitsKeys> {
    return (await this.limits?.keys()) ?? { keys: [] };
  }

  @Get('offline-sales')
  @Requires('checkout:read')
  list(@Caller() { tenantId, storeId, roles }: Principal, @ZodQuery(BeforeQuery) { before }: z.output<typeof BeforeQuery>): Promise<z.output<typeof http.OfflineSales>> {
    // A till without a store may see nothing.
    if (storeId === undefined && roles.includes('till')) throw new Problem('not-found');
    return listOfflineSales(this.sales, tenantId, storeId, before);
  }
}
