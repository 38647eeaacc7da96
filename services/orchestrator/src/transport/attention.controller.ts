import { Caller, Requires, type Principal } from '@checkout/auth';
import { Controller, Get, Inject } from '@nestjs/common';
import type { Attention, Stuck } from '../application/ports.ts';
import { ATTENTION } from './tokens.ts';

/** What operators look at first: sales of their tenant, or of their one store, that wait for somebody who does not answer. */
@Controller('v1/attention')
export class AttentionController {
  readonly #attention: Attention;

  constructor(@Inject(ATTENTION) attention: Attention) {
    this.#attention = attention;
  }

  @Get()
  @Requires('operations:read')
  async attention(@Caller() { tenantId, storeId }: Principal): Promise<{ readonly checkouts: readonly Stuck[] }> {
    return { checkouts: await this.#attention.stuck(tenantId, storeId) };
  }
}
