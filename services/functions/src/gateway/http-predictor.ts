import { z } from 'zod';
import type { Prediction, Predictor, Queue, QueuedMessage } from '../application/ports.ts';

const timeoutMs = 10_000;

const Answer = z.object({
  predictions: z.array(z.object({ messageId: z.string(), verdict: z.enum(['would-apply', 'no-op', 'conflict', 'needs-decision']), because: z.string().optional() })),
});

/** Asks the service whose subscription it is, by HTTP and in the operator's name. A subscription is named after its service. */
export class HttpPredictor implements Predictor {
  readonly #urls: Readonly<Record<string, string>>;

  constructor(urls: Readonly<Record<string, string>>) {
    this.#urls = urls;
  }

  async predict(queue: Queue, messages: readonly { readonly messageId: string; readonly original: QueuedMessage; readonly body?: unknown }[], authorization: string): Promise<readonly Prediction[]> {
    if (messages.length === 0) return [];
    const url = this.#urls[queue.subscription];
    if (url === undefined) throw new Error(`${queue.subscription} is not a service of ours, so nobody can tell what it would do`);
    const answer = await fetch(`${url}/v1/operations/predictions`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({
        messages: messages.map(({ messageId, original, body }) => ({
          messageId,
          subject: original.subject ?? null,
          sessionId: original.sessionId ?? null,
          properties: Object.fromEntries(Object.entries(original.applicationProperties).filter(([, value]) => typeof value === 'string')),
          body: JSON.stringify(body ?? original.body ?? null),
        })),
      }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!answer.ok) throw new Error(`${queue.subscription} answered ${answer.status}`);
    return Answer.parse(await answer.json()).predictions.map(({ because, ...rest }) => ({ ...rest, ...(because !== undefined && { because }) }));
  }
}
