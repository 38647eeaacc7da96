import { join } from 'node:path';
import { runMigrations } from '@checkout/service';

await runMigrations('functions', join(import.meta.dirname, 'store/migrations'));
