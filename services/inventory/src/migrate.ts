import { join } from 'node:path';
import { runMigrations } from '@checkout/service';

await runMigrations('inventory', join(import.meta.dirname, 'store/migrations'));
