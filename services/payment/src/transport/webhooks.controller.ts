import { createHash } from 'node:crypto';
import { Public } from '@checkout/auth';
import { noTenant } from '@checkout/contracts';
import { Problem, RateLimiter, RawBody, type RateLimit } from '@checkout/http';
import { unreachable, type SaleId, type TenantId } from '@checkout/kernel';
import { Body, Controller, Headers, HttpStatus, Inject, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Inbox, WebhookFate, WebhookReader } from '../application/ports.ts';

export const WEBHOOKS = Symbol('Webhooks');

export interface WebhookParts {
  readonly inbox: Pick<Inbox, 'webhookReceived'>;
  readonly reader: WebhookReader;
  readonly isTestAccount: boolean;
  /** How many it takes. What a provider has to tell fits easily into the usual 200 a second. */
  readonly limit?: RateLimit;
  /** Told of what should not be: a bad signature, a used id with another body. */
  readonly onSuspicion: (what: 'signature-invalid' | 'timestamp-stale' | 'conflicting' | 'wrong-mode', webhookId: string) => void;
}

/** A flood is told to come later, and does, because webhooks are tried again. */
const usualLimit: RateLimit = { perSecond: 200, burst: 1_000 };
/** For events that are about no sale. */
const noSale = '00000000-0000-0000-0000-000000000000' as SaleId;

/**
 * The payment provider tells by itself what became of an authorization. Public, because the signature is the credential; it is verified on the bytes as they came,
 * before anything reads them. 2xx is answered only once what it says is durable, so what is lost here is told again.
 */
@Controller('v1/provider-webhooks')
export class WebhooksController {
  readonly #parts: WebhookParts;
  readonly #limiter: RateLimiter;

  constructor(@Inject(WEBHOOKS) parts: WebhookParts) {
    this.#parts = parts;
    this.#limiter = new RateLimiter(parts.limit ?? usualLimit);
  }

  @Post()
  @Public()
  @RawBody()
  async receive(
    @Body() body: Buffer,
    @Headers('webhook-id') id: string | undefined,
    @Headers('webhook-timestamp') timestamp: string | undefined,
    @Headers('webhook-signature') signature: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ readonly fate: WebhookFate }> {
    const { inbox, reader, isTestAccount, onSuspicion } = this.#parts;
    const verdict = reader.verify({ id, timestamp, signature }, body);
    if (verdict !== 'good' || id === undefined) {
      if (verdict !== 'good') onSuspicion(verdict, id ?? '');
      throw new Problem(verdict === 'timestamp-stale' ? 'webhook-timestamp-stale' : 'webhook-signature-invalid');
    }
    const waitMs = this.#limiter.take('provider');
    if (waitMs > 0) throw new Problem('rate-limited', { retryAfterMs: waitMs });

    const event = reader.read(body);
    if (!event) throw new Problem('schema-violation', { detail: 'This is not an event.' });
    if (event.isTest !== isTestAccount) {
      onSuspicion('wrong-mode', id);
      throw new Problem('schema-violation', { detail: `This address takes events of ${isTestAccount ? 'test' : 'live'} accounts.` });
    }
    const { tenantId = noTenant as TenantId, saleId = noSale, notice } = event.about ?? {};
    const bodyHash = createHash('sha256').update(body).digest('hex');
    const fate = await inbox.webhookReceived({ type: 'payment.webhook-received', body: { tenantId, saleId, webhookId: id, type: event.type, bodyHash, notice } });
    if (fate === 'conflicting') onSuspicion('conflicting', id);
    reply.status(statusOf(fate));
    return { fate };
  }
}

function statusOf(fate: WebhookFate): HttpStatus {
  switch (fate) {
    case 'applied':
    case 'ignored':
    case 'repeated':
    case 'conflicting': // The first one counts; told again it would be no better.
      return HttpStatus.OK;
    case 'parked':
      return HttpStatus.ACCEPTED;
    default:
      return unreachable(fate);
  }
}
