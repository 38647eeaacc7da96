import { createOpenApi } from '@checkout/http';
import type { Assembled, Platform } from '@checkout/service';
import { Module, type DynamicModule } from '@nestjs/common';
import { answerOverdue } from './application/answer-overdue.ts';
import { AskProvider } from './application/ask-provider.ts';
import type { Effect, Inbox, PaymentReader } from './application/ports.ts';
import { providerAnswered } from './application/provider-answered.ts';
import { ResolveTenders } from './application/resolve-tenders.ts';
import type { PaymentEnvironment } from './config.ts';
import * as events from './events.ts';
import { HttpProvider } from './gateway/http-provider.ts';
import { SqlPaymentReader } from './store/sql-payment-reader.ts';
import { SqlPayments } from './store/sql-payments.ts';
import { PaymentConsumer } from './transport/payment.consumer.ts';
import { PAYMENT_READER, PaymentsController, paymentsApi } from './transport/payments.controller.ts';
import { ResolverTimer } from './transport/resolver-timer.ts';

@Module({})
export class PaymentModule {
  static with(reader: PaymentReader): DynamicModule {
    return { module: PaymentModule, controllers: [PaymentsController, PaymentConsumer], providers: [{ provide: PAYMENT_READER, useValue: reader }] };
  }
}

/** Who gets what. */
export function assemblePayment({ environment, logger, database, reads, pipeline }: Platform<PaymentEnvironment>): Assembled {
  const payments = pipeline({ store: new SqlPayments(), onEffects: (effects: readonly Effect[]) => effects.forEach(begin) });
  const inbox: Inbox = {
    providerAnswered: (message, traceparent) => payments.submit(providerAnswered, message, { ...ofSale(message.body), ...(traceparent !== undefined && { traceparent }) }),
    answerOverdue: (message) => payments.submit(answerOverdue, message, ofSale(message.body)),
  };
  const provider = new HttpProvider(environment.PROVIDER_URL, (transition) => events.providerBreakerChanged(logger, transition));
  const asking = new AskProvider(provider, inbox, {
    answered: (ask, outcome, tookMs) => events.providerAnswered(logger, ask, outcome, tookMs),
    lost: (ask, error) => events.answerLost(logger, ask, error),
  });
  const resolve = new ResolveTenders(new SqlPaymentReader(database), inbox, asking);

  function begin(effect: Effect): void {
    if (effect.effect === 'ask') asking.ask(effect);
    else events.happened(logger, effect);
  }

  return {
    module: PaymentModule.with(new SqlPaymentReader(reads)),
    openapi: createOpenApi(paymentsApi),
    background: [new ResolverTimer(resolve, asking, (error) => events.resolverFailed(logger, error))],
  };
}

const ofSale = ({ tenantId, storeId, saleId }: Effect['sale']) => ({ tenantId, storeId, saleId });
