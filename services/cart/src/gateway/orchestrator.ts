import { http } from '@checkout/contracts';
import type { SaleId } from '@checkout/kernel';
import type { Logger } from '@checkout/observability';
import { Agent } from 'undici';
import type { SaleBook, SaleStream } from '../application/ports.ts';
import { wholeEvents } from './whole-events.ts';

/** The orchestrator is near: if it cannot be reached by then it is not going to be soon. */
const connectMs = 3_000;
/** It holds its answer back for up to 5 s while a sale that was just accepted is still on the bus. */
const headersMs = 8_000;
/** It says something at least every 15 s, if only that it is alive. */
const silenceMs = 45_000;

/** The orchestrator over HTTP. */
export class Orchestrator implements SaleStream, SaleBook {
  readonly #url: string;
  readonly #logger: Logger;
  /** Streams live long, so each follower has a connection of its own. */
  readonly #agent = new Agent({ connect: { timeout: connectMs }, headersTimeout: headersMs, bodyTimeout: silenceMs, pipelining: 0 });

  /** Few, so that many who ask in an outage do not take the orchestrator down with them. */
  readonly #asking = new Agent({ connect: { timeout: connectMs }, connections: 16, pipelining: 1 });

  constructor(url: string, logger: Logger) {
    this.#url = url.replace(/\/+$/, '');
    this.#logger = logger;
  }

  async *follow(saleId: SaleId, authorization: string, gone: AbortSignal): AsyncGenerator<string> {
    try {
      const { origin, pathname } = new URL(`${this.#url}/v1/checkouts/${saleId}/events`);
      const { statusCode, headers, body } = await this.#agent.request({ origin, path: pathname, method: 'GET', headers: { authorization, accept: 'text/event-stream' }, signal: gone });
      if (statusCode !== 200 || !String(headers['content-type']).startsWith('text/event-stream')) {
        this.#logger.debug({ saleId, status: statusCode }, 'the orchestrator does not tell about this sale');
        await body.dump();
        return;
      }
      yield* wholeEvents(body);
    } catch (err) {
      // An outage of the orchestrator, or a follower that has gone. Either way the stream ends here, as the port promises.
      if (!gone.aborted) this.#logger.warn({ err, saleId }, 'the orchestrator cannot be followed');
    }
  }

  async find(saleId: SaleId, authorization: string, limitMs: number): Promise<http.SaleView | 'none' | 'unreachable'> {
    try {
      const { origin, pathname } = new URL(`${this.#url}/v1/checkouts/${saleId}`);
      const { statusCode, body } = await this.#asking.request({ origin, path: pathname, method: 'GET', headers: { authorization, accept: 'application/json' }, signal: AbortSignal.timeout(limitMs) });
      if (statusCode === 200) return http.SaleView.parse(await body.json());
      await body.dump();
      // What another store's token may not see is not there for its bearer.
      return statusCode === 404 || statusCode === 403 ? 'none' : 'unreachable';
    } catch (err) {
      this.#logger.debug({ err, saleId }, 'the orchestrator could not be asked about a sale');
      return 'unreachable';
    }
  }

  /** Cuts every stream: its follower is told how the sale stands, and comes back to another instance. */
  close(): Promise<void> {
    return Promise.all([this.#agent.destroy(), this.#asking.destroy()]).then(() => {});
  }
}
