import { Pool } from 'undici';

/** What came back over the wire, unread. */
export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly retryAfterMs: number | undefined;
}

/** Places at the provider: more would wait there instead of here. */
const connections = 64;
/** A provider's answer is a few hundred bytes, and a page of its ledger a few hundred of those; whatever is much larger is not an answer. */
const largestReply = 512 * 1024;

/** Keep-alive connections to the provider, and the two kinds of request it takes. */
export class HttpClient {
  readonly #pool: Pool;

  constructor(url: string, timeoutMs: number) {
    this.#pool = new Pool(url, {
      connections,
      pipelining: 1, // One answer that hangs must not hold up the one behind it.
      connect: { timeout: 3_000 },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      keepAliveTimeout: 60_000,
      maxResponseSize: largestReply,
    });
  }

  get(path: string, signal: AbortSignal, traceparent?: string): Promise<Reply> {
    return this.#send({ method: 'GET', path, headers: traceparent === undefined ? {} : { traceparent }, signal });
  }

  post(path: string, body: object, idempotencyKey: string, signal: AbortSignal, traceparent: string): Promise<Reply> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': idempotencyKey, traceparent };
    return this.#send({ method: 'POST', path, headers, body: JSON.stringify(body), signal });
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  async #send(options: Parameters<Pool['request']>[0]): Promise<Reply> {
    const { statusCode, headers, body } = await this.#pool.request(options);
    return { status: statusCode, body: await body.text(), retryAfterMs: retryAfterOf(headers['retry-after']) };
  }
}

/** Seconds or a date (RFC 9110 §10.2.3). */
function retryAfterOf(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined;
  const waitMs = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isFinite(waitMs) ? Math.max(waitMs, 0) : undefined;
}
