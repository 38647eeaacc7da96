import { RateLimiter, type RateLimit } from '@checkout/http';
import { partitionOf } from '@checkout/kernel';
import { assertValid } from '@checkout/saga';
import type { Assembled, Platform, PlatformEnvironment } from '@checkout/service';
import { AnswerHold } from './application/answer-hold.ts';
import { ContinueCheckout } from './application/continue-checkout.ts';
import { ContinueRefund } from './application/continue-refund.ts';
import { GiveUpCheckout } from './application/give-up-checkout.ts';
import { Hearings } from './application/hearings.ts';
import { LiveTimelines } from './application/live-timelines.ts';
import type { DueTimer } from './application/ports.ts';
import { ReadTimeline } from './application/read-timeline.ts';
import { StartCheckout } from './application/start-checkout.ts';
import { StartRefund } from './application/start-refund.ts';
import { timerDue, WakeCheckout } from './application/wake-checkout.ts';
import { refundTimerDue, WakeRefund } from './application/wake-refund.ts';
import { checkout } from './domain/checkout.saga.ts';
import { hearingOf, type News } from './domain/hearing.ts';
import { refund } from './domain/refund.saga.ts';
import { refundSagaOf, sagaOf } from './domain/versions.ts';
import { tell } from './events.ts';
import { tellRefunds } from './refund-events.ts';
import { SqlCheckoutReader } from './store/sql-checkout-reader.ts';
import { SqlRefundReader } from './store/sql-refund-reader.ts';
import { SqlHearings } from './store/sql-hearings.ts';
import { isCheckout, isRefund, SqlSagas, type AnyChange } from './store/sql-sagas.ts';
import { AttentionController, type SubmitGiveUp } from './transport/attention.controller.ts';
import { CheckoutConsumer } from './transport/checkout.consumer.ts';
import { openapi } from './transport/openapi.ts';
import { RefundConsumer } from './transport/refund.consumer.ts';
import { RefundController } from './transport/refund.controller.ts';
import { SaleController } from './transport/sale.controller.ts';
import { TimelineController } from './transport/timeline.controller.ts';
import { TimerSweeper } from './transport/timer-sweeper.ts';
import { ATTENTION, GIVE_UP, LOGGER, REFUND_ATTENTION, REFUND_TIMELINE, REFUNDS, SALES } from './transport/tokens.ts';

class OrchestratorModule {}

/**
 * How many of a partition's sales ask a participant again that answers nobody. Enough that a shop which sells little has no sale forgotten whose request was
 * dead-lettered, and one of the others shows soon that the participant is back; far too few to stand in the way of those that begin then: a process
 * sees 2,000 messages of a partition (`held-partition.ts`), and an hour adds 380.
 */
const askAgain: RateLimit = { perSecond: 1 / 10, burst: 20 };

/** Who gets what. */
export function orchestrator({ logger, database, reads, pipeline }: Omit<Platform<PlatformEnvironment>, 'environment'>): Assembled {
  assertValid(checkout);
  assertValid(refund);
  const live = new LiveTimelines();
  const reader = new SqlCheckoutReader(reads);
  const refundReader = new SqlRefundReader(reads);
  const hearings = new Hearings(new SqlHearings(database), logger);
  const listen = (change: AnyChange): void => {
    const saga = isRefund(change) ? refundSagaOf(change.after.sagaVersion) : sagaOf(change.after.sagaVersion);
    const hearing = hearingOf(saga, change);
    if (hearing) hearings.heard(hearing);
  };
  const sagas = pipeline({
    store: new SqlSagas(),
    onCommitted: (changes) => {
      live.committed(changes);
      for (const change of changes) listen(change);
      tell(changes.filter(isCheckout), logger);
      tellRefunds(changes.filter(isRefund), logger);
    },
  });
  const askingForAll = new RateLimiter(askAgain);
  const newsFor = ({ tenantId, storeId }: Pick<DueTimer, 'tenantId' | 'storeId'>): News => ({
    heard: hearings.of(tenantId, storeId),
    asksForAll: askingForAll.take(partitionOf(tenantId, storeId)) === 0,
  });
  const wake = new WakeCheckout();
  const giveUp = new GiveUpCheckout();
  const submitGiveUp: SubmitGiveUp = (message) => sagas.submit(giveUp, message, { tenantId: message.body.tenantId, saleId: message.body.saleId });
  const timers = new TimerSweeper({
    timers: new SqlCheckoutReader(database),
    wake: (timer) => sagas.submit(wake, timerDue(timer, newsFor(timer)), timer),
    logger,
  });
  const wakeRefund = new WakeRefund();
  const refundTimers = new TimerSweeper({
    timers: new SqlRefundReader(database),
    wake: (timer) => sagas.submit(wakeRefund, refundTimerDue(timer, newsFor(timer)), timer),
    logger,
  });
  return {
    module: {
      module: OrchestratorModule,
      controllers: [CheckoutConsumer, RefundConsumer, SaleController, TimelineController, RefundController, AttentionController],
      providers: [
        { provide: StartCheckout, useValue: new StartCheckout() },
        { provide: ContinueCheckout, useValue: new ContinueCheckout() },
        { provide: ReadTimeline, useValue: new ReadTimeline(reader, live) },
        { provide: SALES, useValue: reader },
        { provide: StartRefund, useValue: new StartRefund() },
        { provide: ContinueRefund, useValue: new ContinueRefund() },
        { provide: REFUNDS, useValue: refundReader },
        { provide: REFUND_TIMELINE, useValue: new ReadTimeline(refundReader, live) },
        { provide: REFUND_ATTENTION, useValue: refundReader },
        { provide: AnswerHold, useValue: new AnswerHold() },
        { provide: ATTENTION, useValue: reader },
        { provide: GIVE_UP, useValue: submitGiveUp },
        { provide: LOGGER, useValue: logger },
      ],
    },
    openapi: openapi(),
    background: [hearings, timers, refundTimers],
  };
}
