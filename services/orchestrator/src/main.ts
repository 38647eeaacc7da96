import 'reflect-metadata';
import { runService } from '@checkout/service';
import { Environment } from './config.ts';
import { orchestrator } from './orchestrator.module.ts';

await runService('orchestrator', Environment, orchestrator);
