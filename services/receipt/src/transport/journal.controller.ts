import { assertStore, Caller, Requires, type Principal } from '@checkout/auth';
import { ZodParams, ZodQuery } from '@checkout/http';
import { Controller, Get, Inject } from '@nestjs/common';
import { CheckNumbers, type NumbersReport } from '../application/check-numbers.ts';
import { ReadJournal } from '../application/read-journal.ts';
import { PeriodQuery, StoreParams, type JournalView } from './views.ts';

/** Takings for the back office, and the check of numbers for operators. */
@Controller('v1/journal')
export class JournalController {
  readonly #journal: ReadJournal;
  readonly #numbers: CheckNumbers;

  constructor(@Inject(ReadJournal) journal: ReadJournal, @Inject(CheckNumbers) numbers: CheckNumbers) {
    this.#journal = journal;
    this.#numbers = numbers;
  }

  @Get(':storeId')
  @Requires('timeline:read')
  async totals(@Caller() caller: Principal, @ZodParams(StoreParams) { storeId }: StoreParams, @ZodQuery(PeriodQuery) { from, to }: PeriodQuery): Promise<JournalView> {
    assertStore(caller, storeId);
    return { storeId, from, to, days: [...(await this.#journal.between(caller.tenantId, storeId, from, to))] };
  }

  /** Reads every receipt of a store: for operators, not for a dashboard. */
  @Get(':storeId/check')
  @Requires('operations:read')
  check(@Caller() caller: Principal, @ZodParams(StoreParams) { storeId }: StoreParams): Promise<NumbersReport> {
    assertStore(caller, storeId);
    return this.#numbers.of(caller.tenantId, storeId);
  }
}
