import 'reflect-metadata';
import { join } from 'node:path';
import { runService } from '@checkout/service';
import { PaymentEnvironment } from './config.ts';
import { assemblePayment } from './payment.module.ts';

await runService('payment', PaymentEnvironment, assemblePayment, join(import.meta.dirname, 'store/migrations'));
