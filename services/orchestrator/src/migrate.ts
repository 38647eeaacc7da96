import { join } from 'node:path';
import { runMigrations } from '@checkout/service';

await runMigrations('orchestrator', join(import.meta.dirname, 'store/migrations'));
