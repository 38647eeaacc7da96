import { Caller, Requires, type Principal } from '@checkout/auth';
import type { http } from '@checkout/contracts';
import { IdempotencyKey, Problem } from '@checkout/http';
import { saleIdOf, type CommandId } from '@checkout/kernel';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { acceptCheckout, type AcceptCheckout, type Acceptance } from '../application/accept-checkout.ts';
import { CheckoutWatch } from '../application/checkout-watch.ts';
import { fingerprintOf } from '../application/fingerprint.ts';
import { followCheckout } from '../application/follow-checkout.ts';
import type { Checkouts, Inputs, SaleStream } from '../application/ports.ts';
import type { Checkout } from '../domain/checkout.ts';
import { statusOf } from '../domain/checkout-status.ts';
import type { Refusal } from '../domain/refusal.ts';
import { commandIdIn, commandIdOf, maySee, storeOf, tillOf } from './callers.ts';
import { sendEvents } from './event-stream.ts';
import { offerIn } from './offer-body.ts';
import { waitMsOf, waitSecondsOf } from './prefer.ts';
import { durable, problemOf } from './refused.ts';
import { CHECKOUTS, EVENTS, INPUTS, SALE_STREAM, WATCH } from './tokens.ts';

/** What the front door reports of those it turns away. */
export interface DoorEvents {
  checkoutRefused(refusal: Refusal, of: { readonly tenantId: string; readonly storeId: string; readonly commandId: string }): void;
}

/** The front door for tills. */
@Controller('v1/checkouts')
export class CheckoutsController {
  constructor(
    @Inject(INPUTS) private readonly inputs: Inputs,
    @Inject(CHECKOUTS) private readonly checkouts: Checkouts,
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
    const command = commandOf(caller, commandIdOf(key), offerIn(body));
    const waitSeconds = waitSecondsOf(request.headers['prefer']);
    // Begun before the checkout is: its end may be committed before we hear that it was accepted.
    const leaving = new AbortController();
    const end = waitSeconds ? this.watch.untilEnd(command.body, waitMsOf(waitSeconds), leaving.signal) : undefined;
    try {
      const acceptance = await this.take(command, request.traceparent);
      const checkout = acceptance.checkout.ending ? acceptance.checkout : ((await end) ?? acceptance.checkout);
      const status = statusOf(checkout);
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
  async status(@Caller() caller: Principal, @Param('commandId') commandId: string): Promise<http.CheckoutStatus> {
    return statusOf(await this.find(caller, commandId));
  }

  @Get(':commandId/events')
  @Requires('checkout:read')
  async follow(@Caller() caller: Principal, @Param('commandId') commandId: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const checkout = await this.find(caller, commandId);
    const authorization = request.headers.authorization ?? '';
    await sendEvents(reply, (gone) =>
      followCheckout(checkout, { authorization, gone }, this.stream, this.watch, () => this.checkouts.find(checkout.tenantId, checkout.commandId)));
  }

  private async take(command: AcceptCheckout, traceparent: string): Promise<Exclude<Acceptance, Refusal>> {
    const { tenantId, storeId, commandId } = command.body;
    const acceptance = await durable(this.inputs.submit(acceptCheckout, command, { tenantId, storeId, saleId: saleIdOf(tenantId, commandId), traceparent }));
    if (acceptance.kind !== 'refused') return acceptance;
    this.events.checkoutRefused(acceptance, command.body);
    if (acceptance.code !== 'idempotency-key-reused') throw problemOf(acceptance);
    // The first request under this key was accepted; its money may well have moved.
    throw new Problem('idempotency-key-reused', { detail: acceptance.detail, moneyMoved: 'unknown', extensions: { checkout: `/v1/checkouts/${commandId}` } });
  }

  private async find(caller: Principal, id: string): Promise<Checkout> {
    const checkout = await this.checkouts.find(caller.tenantId, commandIdIn(id));
    if (!checkout || !maySee(caller, checkout)) throw new Problem('not-found');
    return checkout;
  }
}

/** Tenant, store and till come from the token alone. */
function commandOf(caller: Principal, commandId: CommandId, offer: http.CheckoutBody): AcceptCheckout {
  const storeId = storeOf(caller);
  const tillId = tillOf(caller);
  return { type: 'cart.accept-checkout', body: { tenantId: caller.tenantId, storeId, tillId, commandId, bodyHash: fingerprintOf(storeId, tillId, offer), offer } };
}
