import { join } from 'node:path';
import { runService } from '@checkout/service';
import { Environment } from './config.ts';
import { receipt } from './receipt.module.ts';

await runService('receipt', Environment, receipt, join(import.meta.dirname, 'store/migrations'));
