import 'reflect-metadata';
import { join } from 'node:path';
import { runService } from '@checkout/service';
import { Environment } from './config.ts';
import { orchestrator } from './orchestrator.module.ts';

await runService('orchestrator', Environment, orchestrator, join(import.meta.dirname, 'store/migrations'));
