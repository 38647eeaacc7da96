import { assertValid } from '@checkout/saga';
import type { Assembled, Platform, PlatformEnvironment } from '@checkout/service';
import { AnswerHold } from './application/answer-hold.ts';
import { ContinueCheckout } from './application/continue-checkout.ts';
import { GiveUpCheckout } from './application/give-up-checkout.ts';
import { LiveTimelines } from './application/live-timelines.ts';
import { ReadTimeline } from './application/read-timeline.ts';
import { StartCheckout } from './application/start-checkout.ts';
import { timerDue, WakeCheckout } from './application/wake-checkout.ts';
import { checkout } from './domain/checkout.saga.ts';
import { tell } from './events.ts';
import { SqlCheckoutReader } from './store/sql-checkout-reader.ts';
import { SqlCheckouts } from './store/sql-checkouts.ts';
import { AttentionController, type SubmitGiveUp } from './transport/attention.controller.ts';
import { CheckoutConsumer } from './transport/checkout.consumer.ts';
import { openapi } from './transport/openapi.ts';
import { SaleController } from './transport/sale.controller.ts';
import { TimelineController } from './transport/timeline.controller.ts';
import { TimerSweeper } from './transport/timer-sweeper.ts';
import { ATTENTION, GIVE_UP, LOGGER, SALES } from './transport/tokens.ts';

class OrchestratorModule {}

/** Who gets what. */
export function orchestrator({ logger, database, reads, pipeline }: Omit<Platform<PlatformEnvironment>, 'environment'>): Assembled {
  assertValid(checkout);
  const live = new LiveTimelines();
  const reader = new SqlCheckoutReader(reads);
  const checkouts = pipeline({
    store: new SqlCheckouts(),
    onCommitted: (changes) => {
      live.committed(changes);
      tell(changes, logger);
    },
  });
  const wake = new WakeCheckout();
  const giveUp = new GiveUpCheckout();
  const submitGiveUp: SubmitGiveUp = (message) => checkouts.submit(giveUp, message, { tenantId: message.body.tenantId, saleId: message.body.saleId });
  const timers = new TimerSweeper({
    timers: new SqlCheckoutReader(database),
    wake: (timer) => checkouts.submit(wake, timerDue(timer), timer),
    logger,
  });
  return {
    module: {
      module: OrchestratorModule,
      controllers: [CheckoutConsumer, SaleController, TimelineController, AttentionController],
      providers: [
        { provide: StartCheckout, useValue: new StartCheckout() },
        { provide: ContinueCheckout, useValue: new ContinueCheckout() },
        { provide: ReadTimeline, useValue: new ReadTimeline(reader, live) },
        { provide: SALES, useValue: reader },
        { provide: AnswerHold, useValue: new AnswerHold() },
        { provide: ATTENTION, useValue: reader },
        { provide: GIVE_UP, useValue: submitGiveUp },
        { provide: LOGGER, useValue: logger },
      ],
    },
    openapi: openapi(),
    background: [timers],
  };
}
