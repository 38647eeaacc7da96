import { createOpenApi } from '@checkout/http';
import type { Assembled, Platform, PlatformEnvironment } from '@checkout/service';
import { Module, type DynamicModule } from '@nestjs/common';
import { CheckNumbers } from './application/check-numbers.ts';
import { IssueReceipt } from './application/issue-receipt.ts';
import type { ReceiptReader } from './application/ports.ts';
import { ReadJournal } from './application/read-journal.ts';
import { ReadReceipt } from './application/read-receipt.ts';
import { tell } from './events.ts';
import { SqlReceiptReader } from './store/sql-receipt-reader.ts';
import { SqlReceipts } from './store/sql-receipts.ts';
import { JournalController } from './transport/journal.controller.ts';
import { ReceiptConsumer } from './transport/receipt.consumer.ts';
import { ReceiptController } from './transport/receipt.controller.ts';
import { routes } from './transport/routes.ts';

@Module({})
export class ReceiptModule {
  /** The controllers and what they are given. */
  static of(receipts: ReceiptReader): DynamicModule {
    return {
      module: ReceiptModule,
      controllers: [ReceiptConsumer, ReceiptController, JournalController],
      providers: [
        { provide: IssueReceipt, useValue: new IssueReceipt() },
        { provide: ReadReceipt, useValue: new ReadReceipt(receipts) },
        { provide: ReadJournal, useValue: new ReadJournal(receipts) },
        { provide: CheckNumbers, useValue: new CheckNumbers(receipts) },
      ],
    };
  }
}

/** Who gets what. */
export function receipt({ logger, reads, pipeline }: Pick<Platform<PlatformEnvironment>, 'logger' | 'reads' | 'pipeline'>): Assembled {
  pipeline({ store: new SqlReceipts(), onEffects: tell(logger) });
  return {
    module: ReceiptModule.of(new SqlReceiptReader(reads)),
    openapi: createOpenApi({ title: 'Scanlon Checkout receipt', version: '1.0.0', description: 'Receipts and takings.', routes }),
  };
}
