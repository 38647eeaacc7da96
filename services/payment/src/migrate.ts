import { join } from 'node:path';
import { runMigrations } from '@checkout/service';

await runMigrations('payment', join(import.meta.dirname, 'store/migrations'));
