import 'reflect-metadata';
import { collectProcessMetrics, createLogger, exitOnCrash } from '@checkout/observability';
import { createCart } from './cart.module.ts';
import { readConfig } from './config.ts';

const config = readConfig();
const logger = createLogger({ service: 'cart', level: config.logLevel });
exitOnCrash(logger);
collectProcessMetrics();
const cart = await createCart(config, logger);
cart.shutdown.listen();
await cart.listen();
