import { assertStore, AuthError, Caller, Requires, type Principal } from '@checkout/auth';
import { http, ShiftId } from '@checkout/contracts';
import { IdempotencyKey, Problem, ZodBody, ZodParams } from '@checkout/http';
import { CommitUnknown } from '@checkout/sql';
import { Controller, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { enterShift } from '../application/enter-shift.ts';
import { ReadShift } from '../application/read-shift.ts';
import type { ShiftInputs } from '../application/shift-ports.ts';

export const SHIFT_INPUTS = Symbol('ShiftInputs');
export const ShiftParams = z.strictObject({ shiftId: ShiftId });
export type ShiftParams = z.output<typeof ShiftParams>;

/** Drawers: what tills say of them, and what they should hold. */
@Controller('v1/shifts')
export class ShiftsController {
  constructor(
    @Inject(SHIFT_INPUTS) private readonly inputs: ShiftInputs,
    @Inject(ReadShift) private readonly shifts: ReadShift,
  ) {}

  /** The key is the entry's id in the till's journal. */
  @Post('entries')
  @HttpCode(200)
  @Requires('checkout:submit')
  async enter(@Caller() caller: Principal, @IdempotencyKey() entryId: string, @ZodBody(http.ShiftEntry) entry: http.ShiftEntry, @Req() { traceparent }: FastifyRequest): Promise<http.ShiftView> {
    const { tenantId, storeId, tillId } = caller;
    if (storeId === undefined || tillId === undefined) throw new AuthError('store-mismatch', 'the token is for no till');
    const shift = await this.inputs.submit(enterShift, { type: 'receipt.enter-shift', body: { tenantId, storeId, tillId, entryId, entry } }, { tenantId, storeId, traceparent })
      .catch((error: unknown) => {
        throw error instanceof CommitUnknown ? new Problem('accept-unknown', { cause: error }) : error;
      });
    if (shift === 'of-another-till') throw new Problem('idempotency-key-reused', { detail: 'The shift is another till\'s.' });
    if (shift === 'of-another-entry') throw new Problem('idempotency-key-reused', { detail: 'This entry id was used for another entry of the shift.' });
    return this.shifts.view(shift);
  }

  @Get()
  @Requires('receipt:read')
  list(@Caller() { tenantId, storeId, roles }: Principal): Promise<z.output<typeof http.ShiftList>> {
    if (storeId === undefined && roles.includes('till')) throw new Problem('not-found');
    return this.shifts.newest(tenantId, storeId);
  }

  @Get(':shiftId')
  @Requires('receipt:read')
  async show(@Caller() caller: Principal, @ZodParams(ShiftParams) { shiftId }: ShiftParams): Promise<http.ShiftView> {
    const shift = await this.shifts.byId(caller.tenantId, shiftId);
    if (!shift) throw new Problem('not-found', { detail: 'There is no such shift.' });
    assertStore(caller, shift.storeId);
    return shift;
  }
}
