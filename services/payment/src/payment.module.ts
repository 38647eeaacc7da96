import { createOpenApi } from '@checkout/http';
import type { Assembled, Platform } from '@checkout/service';
import { Module, type DynamicModule } from '@nestjs/common';
import { minutes, seconds } from '@checkout/kernel';
import { answerOverdue } from './application/answer-overdue.ts';
import { AskProvider } from './application/ask-provider.ts';
import { booksDiffer } from './application/books-differ.ts';
import type { Effect, Inbox, Need, PaymentReader, Report } from './application/ports.ts';
import { providerAnswered } from './application/provider-answered.ts';
import { Reconcile } from './application/reconcile.ts';
import { resolvePayment } from './application/resolve-payment.ts';
import { ResolveTenders } from './application/resolve-tenders.ts';
import { refundAnswered } from './application/refund-answered.ts';
import { refundOverdue } from './application/refund-overdue.ts';
import { SweepWebhooks } from './application/sweep-webhooks.ts';
import { webhookParked, webhookReceived } from './application/webhook-received.ts';
import type { PaymentEnvironment } from './config.ts';
import * as events from './events.ts';
import { signedWebhooks } from './gateway/signed-webhooks.ts';
import { HttpProvider } from './gateway/http-provider.ts';
import { SqlBooks } from './store/sql-books.ts';
import { SqlPaymentReader } from './store/sql-payment-reader.ts';
import { SqlRefundReader } from './store/sql-refund-reader.ts';
import { SqlPayments } from './store/sql-payments.ts';
import { PaymentConsumer } from './transport/payment.consumer.ts';
import { Every } from './transport/every.ts';
import { PAYMENT_READER, PaymentsController, paymentsApi, RESOLUTIONS } from './transport/payments.controller.ts';
import { ResolverTimer } from './transport/resolver-timer.ts';
import { WEBHOOKS, WebhooksController, type WebhookParts } from './transport/webhooks.controller.ts';

@Module({})
export class PaymentModule {
  static with(reader: PaymentReader, resolutions: Pick<Inbox, 'paymentResolved'>, webhooks: WebhookParts): DynamicModule {
    return {
      module: PaymentModule,
      controllers: [PaymentsController, WebhooksController, PaymentConsumer],
      providers: [{ provide: PAYMENT_READER, useValue: reader }, { provide: RESOLUTIONS, useValue: resolutions }, { provide: WEBHOOKS, useValue: webhooks }],
    };
  }
}

/** As often as tenders are: the customer waits for this too. */
const overdueRefundsEvery = seconds(1);
/** How often parked webhooks are looked for, and the provider's ledger compared with ours. */
const parkedEvery = seconds(10);
const reconcileEvery = minutes(5);

/** Who gets what. */
export function assemblePayment({ environment, logger, database, reads, pipeline, operators }: Platform<PaymentEnvironment>): Assembled {
  const payments = pipeline({ store: new SqlPayments(), onEffects: (effects: readonly Effect[]) => effects.forEach(begin) });
  const inbox: Inbox = {
    providerAnswered: (message, traceparent) => payments.submit(providerAnswered, message, { ...ofSale(message.body), ...(traceparent !== undefined && { traceparent }) }),
    answerOverdue: (message) => payments.submit(answerOverdue, message, ofSale(message.body)),
    refundAnswered: (message, traceparent) => payments.submit(refundAnswered, message, { ...ofSale(message.body), ...(traceparent !== undefined && { traceparent }) }),
    refundOverdue: (message) => payments.submit(refundOverdue, message, ofSale(message.body)),
    webhookReceived: (message) => payments.submit(webhookReceived, message, aboutOf(message.body)),
    webhookParked: (message) => payments.submit(webhookParked, message, aboutOf(message.body)),
    paymentResolved: (message) => payments.submit(resolvePayment, message, aboutOf(message.body)),
    booksDiffer: (message) => payments.submit(booksDiffer, message, aboutOf(message.body)),
  };
  const provider = new HttpProvider(environment.PROVIDER_URL, (transition) => events.providerBreakerChanged(logger, transition));
  operators?.watch(provider.breaker);
  const asking = new AskProvider(provider, inbox, {
    answered: (ask, outcome, tookMs) => events.providerAnswered(logger, ask, outcome, tookMs),
    lost: (ask, error) => events.answerLost(logger, ask, error),
  });
  const resolve = new ResolveTenders(new SqlPaymentReader(database), (body) => inbox.answerOverdue({ type: 'payment.answer-overdue', body }), asking);
  const resolveRefunds = new ResolveTenders(new SqlRefundReader(database), (body) => inbox.refundOverdue({ type: 'payment.refund-overdue', body }), asking);
  const webhooks = new SweepWebhooks(new SqlPaymentReader(database), inbox);
  const reconcile = new Reconcile(provider.ledger, new SqlBooks(database), inbox);

  function begin(effect: Effect): void {
    if (effect.effect === 'ask') asking.ask(effect);
    else events.happened(logger, effect);
  }

  return {
    module: PaymentModule.with(new SqlPaymentReader(reads), inbox, {
      inbox,
      reader: signedWebhooks(environment.PROVIDER_WEBHOOK_SECRETS),
      isTestAccount: environment.PROVIDER_MODE === 'test',
      onSuspicion: (what, webhookId) => events.webhookSuspicious(logger, what, webhookId),
    }),
    openapi: createOpenApi(paymentsApi),
    background: [
      new ResolverTimer(resolve, asking, (error) => events.resolverFailed(logger, error)),
      new Every(overdueRefundsEvery, () => resolveRefunds.sweep(), (error) => events.resolverFailed(logger, error)),
      new Every(parkedEvery, () => webhooks.sweep(), (error) => events.resolverFailed(logger, error)),
      new Every(reconcileEvery, async () => events.booksCompared(logger, await reconcile.run()), (error) => events.reconciliationFailed(logger, error)),
    ],
  };
}

const aboutOf = ({ tenantId, saleId }: Need) => ({ tenantId, saleId });
const ofSale = ({ tenantId, storeId, saleId }: Report['sale']) => ({ tenantId, storeId, saleId });
