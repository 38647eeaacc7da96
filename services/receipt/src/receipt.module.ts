import { createOpenApi } from '@checkout/http';
import { hours } from '@checkout/kernel';
import type { Assembled, Platform } from '@checkout/service';
import { Module, type DynamicModule } from '@nestjs/common';
import { AcceptRefund } from './application/accept-refund.ts';
import { CheckNumbers } from './application/check-numbers.ts';
import { IssueCreditNote } from './application/issue-credit-note.ts';
import { IssueReceipt } from './application/issue-receipt.ts';
import type { ReceiptReader } from './application/ports.ts';
import { ReadJournal } from './application/read-journal.ts';
import { ReadShift } from './application/read-shift.ts';
import type { ShiftInputs, ShiftReader } from './application/shift-ports.ts';
import { ReadReceipt } from './application/read-receipt.ts';
import { ReadRefund } from './application/read-refund.ts';
import type { RefundInputs, RefundReader, RefundSteps } from './application/refund-ports.ts';
import type { ReceiptEnvironment } from './config.ts';
import { tell, tellOfShifts } from './events.ts';
import { Orchestrator } from './gateway/orchestrator.ts';
import { SqlPapers } from './store/sql-papers.ts';
import { SqlReceiptReader } from './store/sql-receipt-reader.ts';
import { SqlRefundReader } from './store/sql-refund-reader.ts';
import { SqlShiftReader } from './store/sql-shift-reader.ts';
import { SqlShifts } from './store/sql-shifts.ts';
import { CreditNotesController } from './transport/credit-notes.controller.ts';
import { JournalController } from './transport/journal.controller.ts';
import { ReceiptConsumer } from './transport/receipt.consumer.ts';
import { ReceiptController } from './transport/receipt.controller.ts';
import { SHIFT_INPUTS, ShiftsController } from './transport/shifts.controller.ts';
import { REFUND_INPUTS, REFUND_STEPS, RefundsController } from './transport/refunds.controller.ts';
import { routes } from './transport/routes.ts';

/** What the front door for refunds is made of. */
export interface RefundParts {
  readonly inputs: RefundInputs;
  readonly reader: RefundReader;
  readonly steps: RefundSteps;
  /** How long after it was completed a sale can be refunded. */
  readonly windowMs: number;
}

@Module({})
export class ReceiptModule {
  /** The controllers and what they are given. */
  static of(receipts: ReceiptReader, shifts: ShiftReader, shiftInputs: ShiftInputs, refunds: RefundParts): DynamicModule {
    return {
      module: ReceiptModule,
      controllers: [ReceiptConsumer, ReceiptController, CreditNotesController, RefundsController, JournalController, ShiftsController],
      providers: [
        { provide: AcceptRefund, useValue: new AcceptRefund(refunds.windowMs) },
        { provide: IssueCreditNote, useValue: new IssueCreditNote() },
        { provide: ReadRefund, useValue: new ReadRefund(refunds.reader, refunds.windowMs) },
        { provide: REFUND_INPUTS, useValue: refunds.inputs },
        { provide: REFUND_STEPS, useValue: refunds.steps },
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
export function receipt({ environment, logger, reads, pipeline }: Pick<Platform<ReceiptEnvironment>, 'environment' | 'logger' | 'reads' | 'pipeline'>): Assembled {
  const papers = pipeline({ store: new SqlPapers(), onEffects: tell(logger) });
  const steps = new Orchestrator(environment.ORCHESTRATOR_URL, logger);
  const refunds: RefundParts = { inputs: papers, reader: new SqlRefundReader(reads), steps, windowMs: environment.REFUND_WINDOW_DAYS * hours(24) };
  // Tills' drawers do not wait for the receipts of a busy hour, nor these for them.
  const shiftInputs = pipeline({ store: new SqlShifts(), onEffects: tellOfShifts(logger) });
  return {
    module: ReceiptModule.of(new SqlReceiptReader(reads), new SqlShiftReader(reads), shiftInputs, refunds),
    openapi: createOpenApi({ title: 'Scanlon Checkout receipt', version: '1.0.0', description: 'Receipts, refunds and takings.', routes }),
    tillOrigins: environment.TILL_ORIGINS,
    background: [{ start: () => undefined, stop: () => steps.close() }],
  };
}
