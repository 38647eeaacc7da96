import { TokenVerifier } from '@checkout/auth';
import { createHttpApp, createOpenApi, type HttpApp } from '@checkout/http';
import { minutes } from '@checkout/kernel';
import { Bus, Pipeline, ServiceBusServer, Sweeper } from '@checkout/messaging';
import { createLogger, Health, Shutdown, type Logger } from '@checkout/observability';
import { Database, migrate } from '@checkout/sql';
import { Module, type DynamicModule } from '@nestjs/common';
import { join } from 'node:path';
import { CheckoutWatch } from './application/checkout-watch.ts';
import type { Baskets, Change, Checkouts, Effect, Inputs, Need, Products, Rows, SaleStream } from './application/ports.ts';
import type { CartConfig } from './config.ts';
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
import { CheckoutsController } from './transport/checkouts.controller.ts';
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
  readonly events: CartEvents;
}

@Module({})
export class CartModule {
  static of({ inputs, officeInputs, checkouts, baskets, products, watch, stream, events }: CartParts): DynamicModule {
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

/** Tables of the platform before those of cart. */
export const migrationFolders: readonly string[] = [
  join(import.meta.dirname, '../../../libs/messaging/migrations'),
  join(import.meta.dirname, 'store/migrations'),
];

/** Longer than any `Prefer: wait`, so that a till that waits is answered by us and not cut off. */
const handlerMs = minutes(0.75);

/** Cart, built and migrated, not yet listening. */
export interface Cart {
  readonly app: HttpApp;
  readonly logger: Logger;
  /** Listens for messages and for tills. Answers with the port. */
  listen(): Promise<number>;
  readonly shutdown: Shutdown;
}

/**
 * Who gets what. The databases are three lanes with a pool and a breaker each: tills wait on `accept`, the back office's large
 * inputs go through `work`, and status and polls through `read`, so that none of them holds up a till.
 */
export async function createCart(config: CartConfig, logger: Logger = createLogger({ service: 'cart', level: config.logLevel }), exit?: (code: number) => void): Promise<Cart> {
  const { sqlConnection: connectionString } = config;
  await migrate(connectionString, migrationFolders, logger);

  const [accept, work, read] = (['accept', 'work', 'read'] as const).map((lane) => Database.open({ connectionString, name: 'cart', lane, logger })) as [Database, Database, Database];
  const bus = new Bus(config.serviceBusConnection);
  const orchestrator = new Orchestrator(config.orchestratorUrl, logger);
  const events = new CartEvents(logger);
  const checkouts = new SqlCheckouts(read);
  const watch = new CheckoutWatch({ checkouts, onPollFailed: (error) => events.waitingUnaided(error) });

  const store = new CartStore();
  const shared = {
    service: 'cart',
    bus,
    store,
    logger,
    onCommitted: (changes: readonly Change[]) => store.forget(changes),
    onEffects(effects: readonly Effect[]) {
      for (const effect of effects) {
        if (effect.kind === 'ended') watch.ended(effect.checkout);
        events.tell(effect);
      }
    },
  };
  const inputs = new Pipeline<Need, Rows, Change, Effect>({ ...shared, database: accept });
  const officeInputs = new Pipeline<Need, Rows, Change, Effect>({ ...shared, database: work });

  const health = new Health('cart');
  health.ready('database', () => ({ ok: accept.state !== 'open', detail: accept.state }));
  const app = await createHttpApp(
    CartModule.of({ inputs, officeInputs, checkouts, baskets: new SqlBaskets(read), products: new SqlProducts(read), watch, stream: orchestrator, events }),
    { logger, health, verifier: new TokenVerifier(config.auth), openapi: createOpenApi(api), timeouts: { handlerMs } },
  );
  app.nest.connectMicroservice({
    strategy: new ServiceBusServer({
      bus,
      pipeline: inputs,
      sweeper: new Sweeper({ database: work, bus, pipeline: inputs, logger }),
      subscription: 'cart',
      logger,
      untilAvailable: () => accept.whenClosed(),
    }),
  });

  const shutdown = new Shutdown({ logger, ...(exit && { exit }) })
    .on('stop-receiving', 'waiting tills', () => watch.close())
    .on('finish', 'http and bus', () => app.close())
    .on('flush', 'back office inputs', () => officeInputs.close())
    .on('close', 'orchestrator', () => orchestrator[Symbol.asyncDispose]())
    .on('close', 'bus', () => bus.close())
    .on('close', 'databases', () => Promise.all([accept, work, read].map((database) => database.close())));

  return {
    app,
    logger,
    async listen() {
      await app.nest.startAllMicroservices();
      const port = await app.listen(config.port);
      health.markStarted();
      logger.info({ port }, 'cart listens');
      return port;
    },
    shutdown,
  };
}
