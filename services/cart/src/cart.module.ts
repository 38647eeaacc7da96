import { createOpenApi } from '@checkout/http';
import type { Assembled, Platform } from '@checkout/service';
import { Module, type DynamicModule } from '@nestjs/common';
import { CheckoutWatch } from './application/checkout-watch.ts';
import type { Baskets, Change, Checkouts, Effect, Inputs, Products, SaleStream } from './application/ports.ts';
import type { CartEnvironment } from './config.ts';
import { CartEvents } from './events.ts';
import { Orchestrator } from './gateway/orchestrator.ts';
import { CartStore } from './store/cart-store.ts';
import { SqlBaskets } from './store/sql-baskets.ts';
import { SqlProducts } from './store/sql-catalogue.ts';
import { SqlCheckouts } from './store/sql-checkouts.ts';
import { api } from './transport/api.ts';
import { BasketsController } from './transport/baskets.controller.ts';
import { CartConsumer } from './transport/cart.consumer.ts';
import { CatalogueController } from './transport/catalogue.controller.ts';
import { CheckoutsController, type DoorEvents } from './transport/checkouts.controller.ts';
import { BASKETS, CHECKOUTS, EVENTS, INPUTS, OFFICE_INPUTS, PRODUCTS, SALE_STREAM, WATCH } from './transport/tokens.ts';

/** What the controllers are given. */
export interface CartParts {
  readonly inputs: Inputs;
  readonly officeInputs: Inputs;
  readonly checkouts: Checkouts;
  readonly baskets: Baskets;
  readonly products: Products;
  readonly watch: CheckoutWatch;
  readonly stream: SaleStream;
  readonly events: DoorEvents;
}

@Module({})
export class CartModule {
  static with({ inputs, officeInputs, checkouts, baskets, products, watch, stream, events }: CartParts): DynamicModule {
    return {
      module: CartModule,
      controllers: [CheckoutsController, BasketsController, CatalogueController, CartConsumer],
      providers: [
        { provide: INPUTS, useValue: inputs },
        { provide: OFFICE_INPUTS, useValue: officeInputs },
        { provide: CHECKOUTS, useValue: checkouts },
        { provide: BASKETS, useValue: baskets },
        { provide: PRODUCTS, useValue: products },
        { provide: WATCH, useValue: watch },
        { provide: SALE_STREAM, useValue: stream },
        { provide: EVENTS, useValue: events },
      ],
    };
  }
}

/** Who gets what. */
export function assembleCart({ environment, logger, reads, pipeline }: Platform<CartEnvironment>): Assembled {
  const events = new CartEvents(logger);
  const checkouts = new SqlCheckouts(reads);
  const watch = new CheckoutWatch({ checkouts, onPollFailed: (error) => events.waitingUnaided(error) });
  const orchestrator = new Orchestrator(environment.ORCHESTRATOR_URL, logger);
  const store = new CartStore();
  const parts = {
    store,
    onCommitted: (changes: readonly Change[]) => store.forget(changes),
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
  return {
    module: CartModule.with({ inputs, officeInputs, checkouts, baskets: new SqlBaskets(reads), products: new SqlProducts(reads), watch, stream: orchestrator, events }),
    openapi: createOpenApi(api),
    background: [
      // First those who wait are let go; then nobody needs the orchestrator any more.
      { start: () => {}, stop: () => Promise.resolve(watch.close()).then(() => orchestrator.close()) },
    ],
  };
}
