import { createOpenApi } from '@checkout/http';
import type { Assembled, Platform, PlatformEnvironment } from '@checkout/service';
import { Module, type DynamicModule } from '@nestjs/common';
import { CheckStock } from './application/check-stock.ts';
import { CommitStock } from './application/commit-stock.ts';
import { AskAboutHold, reservationDue } from './application/ask-about-hold.ts';
import type { StockReader } from './application/ports.ts';
import { ReadLevels } from './application/read-levels.ts';
import { ReceiveDelivery } from './application/receive-delivery.ts';
import { ReleaseStock } from './application/release-stock.ts';
import { ReserveStock } from './application/reserve-stock.ts';
import { ReturnStock } from './application/return-stock.ts';
import { SweepReservations } from './application/sweep-reservations.ts';
import { tell } from './events.ts';
import { SqlStockReader } from './store/sql-stock-reader.ts';
import { SqlStock } from './store/sql-stock.ts';
import { InventoryConsumer } from './transport/inventory.consumer.ts';
import { routes } from './transport/routes.ts';
import { StockController, SUBMIT_DELIVERY, type SubmitDelivery } from './transport/stock.controller.ts';

@Module({})
export class InventoryModule {
  /** The controllers and what they are given. */
  static of(submitDelivery: SubmitDelivery, stock: StockReader): DynamicModule {
    return {
      module: InventoryModule,
      controllers: [InventoryConsumer, StockController],
      providers: [
        { provide: ReserveStock, useValue: new ReserveStock() },
        { provide: ReleaseStock, useValue: new ReleaseStock() },
        { provide: CommitStock, useValue: new CommitStock() },
        { provide: ReturnStock, useValue: new ReturnStock() },
        { provide: SUBMIT_DELIVERY, useValue: submitDelivery },
        { provide: ReadLevels, useValue: new ReadLevels(stock) },
        { provide: CheckStock, useValue: new CheckStock(stock) },
      ],
    };
  }
}

/** Who gets what. */
export function inventory({ logger, reads, pipeline }: Pick<Platform<PlatformEnvironment>, 'logger' | 'reads' | 'pipeline'>): Assembled {
  const stock = new SqlStockReader(reads);
  const line = pipeline({ store: new SqlStock(), onEffects: tell(logger) });

  const receiveDelivery = new ReceiveDelivery();
  const submitDelivery: SubmitDelivery = (delivery, traceparent) =>
    line.submit(receiveDelivery, delivery, { tenantId: delivery.body.tenantId, storeId: delivery.body.storeId, traceparent });

  const askAboutHold = new AskAboutHold();
  const sweeper = new SweepReservations({
    reservations: stock,
    ask: (sale) => line.submit(askAboutHold, reservationDue(sale), sale),
    onFailure: (err) => logger.warn({ err }, 'reservations could not be swept, trying again'),
  });

  return {
    module: InventoryModule.of(submitDelivery, stock),
    openapi: createOpenApi({ title: 'Scanlon Checkout inventory', version: '1.0.0', description: 'Stock levels, deliveries and the ledger.', routes }),
    background: [sweeper],
  };
}
