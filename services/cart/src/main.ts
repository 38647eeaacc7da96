import 'reflect-metadata';
import { join } from 'node:path';
import { runService } from '@checkout/service';
import { assembleCart } from './cart.module.ts';
import { CartEnvironment } from './config.ts';

await runService('cart', CartEnvironment, assembleCart, join(import.meta.dirname, 'store/migrations'));
