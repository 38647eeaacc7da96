import { messagingMigrations } from '@checkout/messaging';
import { createLogger } from '@checkout/observability';
import { admit, migrate } from '@checkout/sql';
import { logLevel, MigrationEnvironment, readEnvironment } from './environment.ts';

/**
 * Brings one service's database to the schema of this image and ends. Run before a new revision starts, from the same image, so that schema
 * and code cannot be of different builds. Every step only adds to what the old revision uses, so that one goes on meanwhile.
 *
 * @param folder the service's own numbered `.sql` files
 */
export async function runMigrations(name: string, folder: string): Promise<void> {
  const logger = createLogger({ service: `${name}-migrate`, level: logLevel(process.env) });
  try {
    const { SQL_CONNECTION, SERVICE_IDENTITY } = readEnvironment(MigrationEnvironment, process.env, (message) => logger.warn(message));
    await migrate(SQL_CONNECTION, [messagingMigrations, folder], logger);
    const [user, clientId] = SERVICE_IDENTITY?.split('=') ?? [];
    if (user !== undefined && clientId !== undefined) await admit(SQL_CONNECTION, { name: user, clientId }, logger);
    logger.info('the database is up to date');
  } catch (error) {
    logger.fatal({ err: error }, 'the database was not brought up to date');
    process.exitCode = 1;
  }
}
