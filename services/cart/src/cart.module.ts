import { createOpenApi } from '@checkout/http';
import type { Assembled, Platform } from '@checkout/service';
import { Module, type DynamicModule } from '@nestjs/common';
import { CheckoutWatch } from './application/checkout-watch.ts';
import { FindCheckout } from './application/find-checkout.ts';
import { FrontDoor } from './application/front-door.ts';
import { StateLimits } from './application/state-limits.ts';
import { RecentCheckouts } from './application/recent-checkouts.ts';
import type { Baskets, Change, Effect, Inputs, OfflineSales, ParkedSales, Products, SaleStream } from './application/ports.ts';
import type { CartEnvironment } from './config.ts';
import { CartEvents } from './events.ts';
import { CheckoutRequests } from './gateway/checkout-requests.ts';
import { LimitsSigner } from './gateway/limits-signer.ts';
import { Orchestrator } from './gateway/orchestrator.ts';
import { CartStore, SqlRows } from './store/cart-store.ts';
import { CatalogueSnapshots } from './store/catalogue-snapshots.ts';
import { RowsKeptHere } from './store/kept-rows.ts';
import { SnapshotFiles } from './store/snapshot-files.ts';
import { SqlBaskets } from './store/sql-baskets.ts';
import { SqlCatalogueReader, SqlProducts } from './store/sql-catalogue.ts';
import { SqlParkedSales } from './store/sql-parked-sales.ts';
import { SqlCheckouts } from './store/sql-checkouts.ts';
import { api } from './transport/api.ts';
import { BasketsController } from './transport/baskets.controller.ts';
import { CartConsumer } from './transport/cart.consumer.ts';
import { OfflineController } from './transport/offline.controller.ts';
import { ParkedSalesController } from './transport/parked-sales.controller.ts';
import { CatalogueController } from './transport/catalogue.controller.ts';
import { CheckoutsController, type DoorEvents } from './transport/checkouts.controller.ts';
import { BASKETS, EVENTS, INPUTS, LIMITS, OFFICE_INPUTS, OFFLINE_SALES, PARKED_SALES, PRODUCTS, SALE_STREAM, WATCH } from './transport/tokens.ts';

/** What the controllers are given. */
export interface CartParts {
  readonly inputs: Inputs;
  readonly officeInputs: Inputs;
  readonly door: FrontDoor;
  readonly finder: FindCheckout;
  readonly baskets: Baskets;
  readonly products: Products;
  readonly parkedSales: ParkedSales;
  readonly offlineSales: OfflineSales;
  /** Without a key to sign with there are none. */
  readonly limits: StateLimits | undefined;
  readonly watch: CheckoutWatch;
  readonly stream: SaleStream;
  readonly events: DoorEvents;
}

@Module({})
export class CartModule {
  static with({ inputs, officeInputs, door, finder, baskets, products, parkedSales, offlineSales, limits, watch, stream, events }: CartParts): DynamicModule {
    return {
      module: CartModule,
      controllers: [CheckoutsController, BasketsController, ParkedSalesController, OfflineController, CatalogueController, CartConsumer],
      providers: [
        { provide: INPUTS, useValue: inputs },
        { provide: OFFICE_INPUTS, useValue: officeInputs },
        { provide: FrontDoor, useValue: door },
        { provide: FindCheckout, useValue: finder },
        { provide: BASKETS, useValue: baskets },
        { provide: PRODUCTS, useValue: products },
        { provide: PARKED_SALES, useValue: parkedSales },
        { provide: OFFLINE_SALES, useValue: offlineSales },
        { provide: LIMITS, useValue: limits },
        { provide: WATCH, useValue: watch },
        { provide: SALE_STREAM, useValue: stream },
        { provide: EVENTS, useValue: events },
      ],
    };
  }
}

/** Who gets what. */
export function assembleCart({ environment, logger, reads, express, pipeline }: Platform<CartEnvironment>): Assembled {
  const events = new CartEvents(logger);
  const checkouts = new SqlCheckouts(reads);
  const watch = new CheckoutWatch({ checkouts, onPollFailed: (error) => events.waitingUnaided(error) });
  const orchestrator = new Orchestrator(environment.ORCHESTRATOR_URL, logger);
  const store = new CartStore();
  const recent = new RecentCheckouts();
  const directory = environment.CATALOGUE_SNAPSHOT_DIR;
  const snapshots = new CatalogueSnapshots({
    reader: new SqlCatalogueReader(reads),
    files: directory === undefined ? undefined : new SnapshotFiles(directory, (file, error) => events.snapshotFailed(file, error)),
    onFailed: (tenantId, error) => events.snapshotFailed(tenantId, error),
  });
  const kept = new RowsKeptHere(snapshots);
  const parts = {
    store,
    onCommitted(changes: readonly Change[]) {
      store.forget(changes);
      kept.committed(changes);
      for (const change of changes) if (change.kind === 'checkout-saved') recent.keep(change.checkout);
    },
    onEffects(effects: readonly Effect[]) {
      for (const effect of effects) {
        if (effect.kind === 'ended') watch.ended(effect.checkout);
        events.tell(effect);
      }
    },
  };
  const inputs = pipeline({ ...parts, lane: 'accept' });
  // A page of a thousand products takes as long as a batch of sales: it has a batch of its own, so that no till waits for it. It sends nothing.
  const officeInputs = pipeline(parts);
  const rows = new SqlRows(reads, store);
  const key = environment.OFFLINE_LIMITS_KEY;
  const limits = key === undefined ? undefined : new StateLimits(rows, new LimitsSigner(key));
  const door = new FrontDoor({
    inputs, recent, kept, book: orchestrator,
    requests: new CheckoutRequests(express('checkout-requests')),
    rows,
    busShare: environment.BUS_ROUTE_PERCENT / 100,
    onFallback: (command, error) => events.fellBack(command, error),
  });
  const finder = new FindCheckout({ checkouts, recent, book: orchestrator });
  return {
    module: CartModule.with({ inputs, officeInputs, door, finder, baskets: new SqlBaskets(reads), products: new SqlProducts(reads), parkedSales: new SqlParkedSales(reads), offlineSales: checkouts, limits, watch, stream: orchestrator, events }),
    openapi: createOpenApi(api),
    tillOrigins: environment.TILL_ORIGINS,
    background: [
      snapshots,
      // First those who wait are let go; then nobody needs the orchestrator any more.
      { start: () => {}, stop: () => Promise.resolve(watch.close()).then(() => orchestrator.close()) },
    ],
  };
}
