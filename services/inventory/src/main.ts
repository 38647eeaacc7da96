import { join } from 'node:path';
import { runService } from '@checkout/service';
import { Environment } from './config.ts';
import { inventory } from './inventory.module.ts';

await runService('inventory', Environment, inventory, join(import.meta.dirname, 'store/migrations'));
