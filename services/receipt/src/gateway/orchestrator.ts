import { http } from '@checkout/contracts';
import { seconds, type RefundId, type SaleId } from '@checkout/kernel';
import type { Logger } from '@checkout/observability';
import { Agent } from 'undici';
import type { RefundSteps } from '../application/refund-ports.ts';

/** The orchestrator is near: if it cannot be reached by then it is not going to be soon. */
const connectMs = seconds(3);
/** It holds its answer back for up to 5 s while a refund that was just accepted is still on the bus. */
const headersMs = seconds(8);
/** It says something at least every 15 s, if only that it is alive. */
const silenceMs = seconds(45);
/** A till waits for the answer. */
const askMs = seconds(1.5);

/** The orchestrator over HTTP. */
export class Orchestrator implements RefundSteps {
  readonly #url: string;
  readonly #logger: Logger;
  /** Streams live long, so each follower has a connection of its own. */
  readonly #agent = new Agent({ connect: { timeout: connectMs }, headersTimeout: headersMs, bodyTimeout: silenceMs, pipelining: 0 });

  constructor(url: string, logger: Logger) {
    this.#url = url.replace(/\/+$/, '');
    this.#logger = logger;
  }

  async *follow(refundId: RefundId, authorization: string, gone: AbortSignal): AsyncGenerator<string> {
    try {
      const { statusCode, headers, body } = await this.#get(`/v1/refunds/${refundId}/events`, authorization, 'text/event-stream', gone);
      if (statusCode !== 200 || !String(headers['content-type']).startsWith('text/event-stream')) return await body.dump();
      let rest = '';
      body.setEncoding('utf8');
      for await (const chunk of body) {
        // Only whole events are passed on: what is cut off must not run into what follows it.
        const events = (rest + String(chunk)).split('\n\n');
        rest = events.pop() ?? '';
        for (const event of events) yield `${event}\n\n`;
      }
    } catch (err) {
      if (!gone.aborted) this.#logger.warn({ err, refundId }, 'the orchestrator cannot be followed');
    }
  }

  async find(refundId: RefundId, authorization: string): Promise<http.RefundView | undefined> {
    const found = http.RefundView.safeParse(await this.#json(`/v1/refunds/${refundId}`, authorization));
    return found.data;
  }

  async knowsSale(saleId: SaleId, authorization: string): Promise<boolean> {
    return (await this.#json(`/v1/checkouts/${saleId}`, authorization)) !== undefined;
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  /** Undefined for whatever is no 200. */
  async #json(path: string, authorization: string): Promise<unknown> {
    try {
      const { statusCode, body } = await this.#get(path, authorization, 'application/json', AbortSignal.timeout(askMs));
      if (statusCode === 200) return await body.json();
      await body.dump();
    } catch (err) {
      this.#logger.debug({ err, path }, 'the orchestrator could not be asked');
    }
    return undefined;
  }

  #get(path: string, authorization: string, accept: string, signal: AbortSignal) {
    const { origin, pathname } = new URL(this.#url + path);
    return this.#agent.request({ origin, path: pathname, method: 'GET', headers: { authorization, accept }, signal });
  }
}
