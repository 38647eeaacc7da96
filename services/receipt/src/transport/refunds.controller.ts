import { assertStore, AuthError, Caller, Requires, type Principal } from '@checkout/auth';
import { CommandId, http, languageOf, type Language } from '@checkout/contracts';
import { IdempotencyKey, Problem, sendEvents, ZodBody } from '@checkout/http';
import { refundIdOf, seconds, type CommandId as Command } from '@checkout/kernel';
import { CommitUnknown } from '@checkout/sql';
import { Controller, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AcceptRefund, type RefundAcceptance, type RequestRefund } from '../application/accept-refund.ts';
import { fingerprintOf } from '../application/fingerprint.ts';
import { followRefund, type FollowedRefund } from '../application/follow-refund.ts';
import { ReadRefund } from '../application/read-refund.ts';
import type { RefundInputs, RefundSteps } from '../application/refund-ports.ts';
import type { Refund } from '../domain/refund.ts';
import { refundStatusOf } from '../domain/refund-status.ts';

export const REFUND_INPUTS = Symbol('RefundInputs');
export const REFUND_STEPS = Symbol('RefundSteps');

/** Refunds end within a second or two. One that has not after this long may need a person, and only the orchestrator knows that. */
const expectedWithinMs = seconds(20);

/** The front door for refunds, where the receipts are kept. There is no other way in: a refund waits for this database, and says so. */
@Controller('v1/refunds')
export class RefundsController {
  constructor(
    @Inject(AcceptRefund) private readonly accept: AcceptRefund,
    @Inject(REFUND_INPUTS) private readonly inputs: RefundInputs,
    @Inject(ReadRefund) private readonly refunds: ReadRefund,
    @Inject(REFUND_STEPS) private readonly steps: RefundSteps,
  ) {}

  /** 202 while the refund is under way, 200 once it has ended. */
  @Post()
  @HttpCode(202)
  @Requires('refund:submit')
  async request(@Caller() caller: Principal, @IdempotencyKey() key: string, @ZodBody(http.RefundBody) body: http.RefundBody, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<http.RefundStatus> {
    const { tenantId, storeId, tillId } = caller;
    if (storeId === undefined || tillId === undefined) throw new AuthError('store-mismatch', 'the token is for no till');
    const commandId = commandIdOf(key);
    request.reference = { commandId, saleId: body.saleId };
    const refundId = refundIdOf(tenantId, commandId);
    const bodyHash = fingerprintOf(storeId, tillId, body);
    const message: RequestRefund = { type: 'receipt.request-refund', body: { tenantId, storeId, tillId, commandId, refundId, bodyHash, body } };
    const acceptance = await durable(this.inputs.submit(this.accept, message, { id: `refund.${refundId}.${bodyHash.slice(0, 8)}`, tenantId, storeId, saleId: body.saleId, traceparent: request.traceparent }));
    const { refund } = await this.taken(acceptance, caller, request);
    const status = await this.statusOf(refund, request);
    void reply.status(refund.state === 'accepted' ? 202 : 200).header('location', status.links.self);
    if (acceptance.kind === 'replayed') void reply.header('idempotency-replayed', 'true');
    return status;
  }

  @Get(':commandId')
  @Requires('checkout:read')
  async status(@Caller() caller: Principal, @Param('commandId') commandId: string, @Req() request: FastifyRequest): Promise<http.RefundStatus> {
    return this.statusOf(await this.find(caller, commandId), request);
  }

  @Get(':commandId/events')
  @Requires('checkout:read')
  async follow(@Caller() caller: Principal, @Param('commandId') commandId: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const refund = await this.find(caller, commandId);
    const now = () => this.refunds.byCommand(refund.tenantId, refund.refundId).catch(() => undefined);
    const language = languageOf(request.headers['accept-language']);
    await sendEvents(reply, (gone) => eventsOf(followRefund(refund, { authorization: request.headers.authorization ?? '', gone }, this.steps, now), language));
  }

  /** @throws Problem for a refusal */
  private async taken(acceptance: RefundAcceptance, { tenantId }: Principal, request: FastifyRequest): Promise<Exclude<RefundAcceptance, { kind: 'refused' }>> {
    if (acceptance.kind !== 'refused') return acceptance;
    const { code, detail, pointer } = acceptance;
    const saleId = request.reference?.saleId as http.RefundBody['saleId'] | undefined;
    // A sale that is known but has no receipt yet is another matter for the customer than one that never was.
    if (code === 'refund-sale-unknown' && saleId !== undefined && await this.steps.knowsSale(saleId, request.headers.authorization ?? '')) {
      throw new Problem('refund-sale-not-completed', { detail: `Sale ${saleId} of ${tenantId} has no receipt.` });
    }
    // The first request under this key was accepted; its money may well have gone back.
    if (code === 'idempotency-key-reused') throw new Problem(code, { detail, moneyMoved: 'unknown' });
    throw new Problem(code, { detail, ...(pointer !== undefined && { errors: [{ pointer, code, detail }] }) });
  }

  private async statusOf(refund: Refund, request: FastifyRequest): Promise<http.RefundStatus> {
    const isLate = refund.state === 'accepted' && Date.now() - refund.acceptedAt > expectedWithinMs;
    const seen = isLate ? await this.steps.find(refund.refundId, request.headers.authorization ?? '') : undefined;
    return refundStatusOf(refund, languageOf(request.headers['accept-language']), seen?.needsAttention !== undefined);
  }

  private async find(caller: Principal, id: string): Promise<Refund> {
    const commandId = CommandId.safeParse(id).data;
    const refund = commandId && await this.refunds.byCommand(caller.tenantId, refundIdOf(caller.tenantId, commandId));
    if (!refund) throw new Problem('not-found', { detail: 'There is no such refund.' });
    assertStore(caller, refund.storeId);
    return refund;
  }
}

/** The command that an idempotency key names. @throws Problem idempotency-key-invalid */
function commandIdOf(key: string): Command {
  const parsed = CommandId.safeParse(key);
  if (!parsed.success) throw new Problem('idempotency-key-invalid', { detail: 'The key is the command id: a UUID in lower case.' });
  return parsed.data;
}

/** @throws Problem accept-unknown when the commit's outcome could not be found out: the caller asks again under the same key. */
async function durable<T>(submitted: Promise<T>): Promise<T> {
  try {
    return await submitted;
  } catch (error) {
    if (error instanceof CommitUnknown) throw new Problem('accept-unknown', { cause: error });
    throw error;
  }
}

/** A followed refund as server-sent events. */
async function* eventsOf(followed: AsyncIterable<FollowedRefund>, language: Language): AsyncGenerator<string> {
  for await (const each of followed) {
    if (each.kind === 'relayed') yield each.event;
    else if (each.kind === 'alive') yield ': alive\n\n';
    else yield `event: status\ndata: ${JSON.stringify(refundStatusOf(each.refund, language))}\n\n`;
  }
}
