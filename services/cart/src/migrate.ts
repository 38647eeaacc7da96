import { join } from 'node:path';
import { runMigrations } from '@checkout/service';

await runMigrations('cart', join(import.meta.dirname, 'store/migrations'));
