import { createOpenApi } from '@checkout/http';
import type { Assembled, Platform, PlatformEnvironment } from '@checkout/service';
import { Module, type DynamicModule } from '@nestjs/common';
import { CheckNumbers } from './application/check-numbers.ts';
import { IssueReceipt } from './application/issue-receipt.ts';
import type { ReceiptReader } from './application/ports.ts';
import { ReadJournal } from './application/read-journal.ts';
import { ReadShift } from './application/read-shift.ts';
import type { ShiftInputs, ShiftReader } from './application/shift-ports.ts';
import { ReadReceipt } from './application/read-receipt.ts';
import { tell, tellOfShifts } from './events.ts';
import { SqlReceiptReader } from './store/sql-receipt-reader.ts';
import { SqlReceipts } from './store/sql-receipts.ts';
import { SqlShiftReader } from './store/sql-shift-reader.ts';
import { SqlShifts } from './store/sql-shifts.ts';
import { JournalController } from './transport/journal.controller.ts';
import { ReceiptConsumer } from './transport/receipt.consumer.ts';
import { ReceiptController } from './transport/receipt.controller.ts';
import { SHIFT_INPUTS, ShiftsController } from './transport/shifts.controller.ts';
import { routes } from './transport/routes.ts';

@Module({})
export class ReceiptModule {
  /** The controllers and what they are given. */
  static of(receipts: ReceiptReader, shifts: ShiftReader, shiftInputs: ShiftInputs): DynamicModule {
    return {
      module: ReceiptModule,
      controllers: [ReceiptConsumer, ReceiptController, JournalController, ShiftsController],
      providers: [
        { provide: IssueReceipt, useValue: new IssueReceipt() },
        { provide: ReadReceipt, useValue: new ReadReceipt(receipts) },
        { provide: ReadJournal, useValue: new ReadJournal(receipts) },
        { provide: ReadShift, useValue: new ReadShift(shifts) },
        { provide: SHIFT_INPUTS, useValue: shiftInputs },
        { provide: CheckNumbers, useValue: new CheckNumbers(receipts) },
      ],
    };
  }
}

/** Who gets what. */
export function receipt({ logger, reads, pipeline }: Pick<Platform<PlatformEnvironment>, 'logger' | 'reads' | 'pipeline'>): Assembled {
  pipeline({ store: new SqlReceipts(), onEffects: tell(logger) });
  // Tills' drawers do not wait for the receipts of a busy hour, nor these for them.
  const shiftInputs = pipeline({ store: new SqlShifts(), onEffects: tellOfShifts(logger) });
  return {
    module: ReceiptModule.of(new SqlReceiptReader(reads), new SqlShiftReader(reads), shiftInputs),
    openapi: createOpenApi({ title: 'Scanlon Checkout receipt', version: '1.0.0', description: 'Receipts and takings.', routes }),
  };
}
