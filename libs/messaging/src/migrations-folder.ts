import { join } from 'node:path';

/** The tables of inbox and outbox, which every service that handles messages has in its own database. */
export const messagingMigrations = join(import.meta.dirname, '../migrations');
