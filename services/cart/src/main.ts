import 'reflect-metadata';
import { runService } from '@checkout/service';
import { assembleCart } from './cart.module.ts';
import { CartEnvironment } from './config.ts';

await runService('cart', CartEnvironment, assembleCart);
