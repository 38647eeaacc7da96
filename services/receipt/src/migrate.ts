import { join } from 'node:path';
import { runMigrations } from '@checkout/service';

await runMigrations('receipt', join(import.meta.dirname, 'store/migrations'));
