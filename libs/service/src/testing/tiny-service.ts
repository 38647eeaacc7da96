import { ShelfConsumer, shelfMigrations, ShelfStore } from '@checkout/messaging/testing';
import { PlatformEnvironment } from '../environment.ts';
import { runService } from '../run-service.ts';

class TinyModule {}

/** A whole service of one table, as a process of its own. */
await runService('inventory', PlatformEnvironment, ({ pipeline }) => {
  pipeline({ store: new ShelfStore() });
  return { module: { module: TinyModule, controllers: [ShelfConsumer] }, openapi: {} };
}, shelfMigrations);
