import 'reflect-metadata';
import { runService } from '@checkout/service';
import { PaymentEnvironment } from './config.ts';
import { assemblePayment } from './payment.module.ts';

await runService('payment', PaymentEnvironment, assemblePayment);
