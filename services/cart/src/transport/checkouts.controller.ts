import { Caller, Requires, type Principal } from '@checkout/auth';
import { languageOf, type http } from '@checkout/contracts';
import { IdempotencyKey, Problem, sendEvents } from '@checkout/http';
import { saleIdOf, type CommandId } from '@checkout/kernel';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AcceptCheckout, Acceptance } from '../application/accept-checkout.ts';
import { CheckoutWatch } from '../application/checkout-watch.ts';
import { fingerprintOf } from '../application/fingerprint.ts';
import { FindCheckout } from '../application/find-checkout.ts';
import { followCheckout } from '../application/follow-checkout.ts';
import { FrontDoor, type Asking } from '../application/front-door.ts';
import type { SaleStream } from '../application/ports.ts';
import { Unaccepted } from '../domain/unaccepted.ts';
import type { Checkout } from '../domain/checkout.ts';
import { statusOf } from '../domain/checkout-status.ts';
import type { Refusal } from '../domain/refusal.ts';
import { commandIdIn, commandIdOf, maySee, storeOf, tillOf } from './callers.ts';
import { eventsOf } from './event-stream.ts';
import { offerIn } from './offer-body.ts';
import { waitMsOf, waitSecondsOf } from './prefer.ts';
import { problemOf, unacceptedProblem } from './refused.ts';
import { EVENTS, SALE_STREAM, WATCH } from './tokens.ts';

/** What the front door reports. */
export interface DoorEvents {
  answered(via: http.AcceptedVia | 'none', outcome: 'accepted' | 'replayed' | 'refused' | 'not_accepted' | 'unknown'): void;
  acceptedOverBus(checkout: Checkout): void;
  checkoutRefused(refusal: Refusal, of: { readonly tenantId: string; readonly storeId: string; readonly commandId: string }): void;
}

/** The front door for tills. */
@Controller('v1/checkouts')
export class CheckoutsController {
  constructor(
    @Inject(FrontDoor) private readonly door: FrontDoor,
    @Inject(FindCheckout) private readonly finder: FindCheckout,
    @Inject(WATCH) private readonly watch: CheckoutWatch,
    @Inject(SALE_STREAM) private readonly stream: SaleStream,
    @Inject(EVENTS) private readonly events: DoorEvents,
  ) {}

  /** 202 while the sale is under way, 200 once it has ended. */
  @Post()
  @HttpCode(202)
  @Requires('checkout:submit')
  async accept(@Caller() caller: Principal, @IdempotencyKey() key: string, @Body() body: unknown, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<http.CheckoutStatus> {
    // In this order: a wrong key is told before anything of the body.
    const commandId = commandIdOf(key);
    request.reference = referenceOf(caller, commandId);
    const command = commandOf(caller, commandId, offerIn(body));
    const waitSeconds = waitSecondsOf(request.headers['prefer']);
    // Begun before the checkout is: its end may be committed before we hear that it was accepted.
    const leaving = new AbortController();
    const end = waitSeconds ? this.watch.untilEnd(command.body, waitMsOf(waitSeconds), leaving.signal) : undefined;
    try {
      const asking = { traceparent: request.traceparent, authorization: request.headers.authorization ?? '' };
      const acceptance = await this.take(command, asking);
      const checkout = acceptance.checkout.ending ? acceptance.checkout : ((await (end && this.ended(end, acceptance.checkout, asking, waitSeconds, leaving.signal))) ?? await this.finder.lookedInto(acceptance.checkout, asking.authorization));
      const status = statusOf(checkout, languageOf(request.headers['accept-language']));
      void reply.status(checkout.ending ? 200 : 202).header('location', status.links.self);
      if (waitSeconds !== undefined) void reply.header('preference-applied', `wait=${waitSeconds}`);
      if (acceptance.kind === 'replayed') void reply.header('idempotency-replayed', 'true');
      return status;
    } finally {
      leaving.abort();
    }
  }

  @Get(':commandId')
  @Requires('checkout:read')
  async status(@Caller() caller: Principal, @Param('commandId') commandId: string, @Req() request: FastifyRequest): Promise<http.CheckoutStatus> {
    return statusOf(await this.find(caller, commandId, request), languageOf(request.headers['accept-language']));
  }

  @Get(':commandId/events')
  @Requires('checkout:read')
  async follow(@Caller() caller: Principal, @Param('commandId') commandId: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const checkout = await this.find(caller, commandId, request);
    const authorization = request.headers.authorization ?? '';
    const now = () => this.finder.find(checkout.tenantId, checkout.commandId, authorization).catch(() => undefined);
    const language = languageOf(request.headers['accept-language']);
    await sendEvents(reply, (gone) => eventsOf(followCheckout(checkout, { authorization, gone }, this.stream, this.watch, now), language));
  }

  private async take(command: AcceptCheckout, asking: Asking): Promise<Exclude<Acceptance, Refusal>> {
    const { commandId } = command.body;
    let acceptance: Acceptance;
    try {
      acceptance = await this.door.accept(command, asking);
    } catch (error) {
      if (!(error instanceof Unaccepted)) throw error;
      this.events.answered('none', error.isKnown ? 'not_accepted' : 'unknown');
      throw unacceptedProblem(error);
    }
    this.events.answered(acceptance.kind === 'refused' ? 'none' : acceptance.checkout.acceptedVia, acceptance.kind);
    if (acceptance.kind !== 'refused') {
      if (acceptance.kind === 'accepted' && acceptance.checkout.acceptedVia === 'bus') this.events.acceptedOverBus(acceptance.checkout);
      return acceptance;
    }
    this.events.checkoutRefused(acceptance, command.body);
    if (acceptance.code !== 'idempotency-key-reused') throw problemOf(acceptance);
    // The first request under this key was accepted; its money may well have moved.
    throw new Problem('idempotency-key-reused', { detail: acceptance.detail, moneyMoved: 'unknown', extensions: { checkout: `/v1/checkouts/${commandId}` } });
  }

  /** While cart's database is away nobody tells it how sales end: the orchestrator is asked as well. */
  private ended(end: Promise<Checkout | undefined>, checkout: Checkout, { authorization }: Asking, waitSeconds: number | undefined, gone: AbortSignal): Promise<Checkout | undefined> {
    if (checkout.acceptedVia !== 'bus' || waitSeconds === undefined) return end;
    return Promise.race([end, this.finder.untilEnd(checkout, authorization, waitMsOf(waitSeconds), gone)]);
  }

  private async find(caller: Principal, id: string, request: FastifyRequest): Promise<Checkout> {
    const commandId = commandIdIn(id);
    request.reference = referenceOf(caller, commandId);
    const checkout = await this.finder.find(caller.tenantId, commandId, request.headers.authorization ?? '');
    if (!checkout || !maySee(caller, checkout)) throw new Problem('not-found');
    return checkout;
  }
}

const referenceOf = ({ tenantId }: Principal, commandId: CommandId) => ({ commandId, saleId: saleIdOf(tenantId, commandId) });

/** Tenant, store and till come from the token alone. */
function commandOf(caller: Principal, commandId: CommandId, offer: http.CheckoutBody): AcceptCheckout {
  const storeId = storeOf(caller);
  const tillId = tillOf(caller);
  return { type: 'cart.accept-checkout', body: { tenantId: caller.tenantId, storeId, tillId, commandId, bodyHash: fingerprintOf(storeId, tillId, offer), offer } };
}
