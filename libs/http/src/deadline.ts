import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ProblemFilter } from './filter.ts';
import { Problem } from './problem.ts';

/**
 * Answers 503 with outcome unknown when a handler takes longer than `limitMs`. The handler is not undone; what it answers later is dropped.
 *
 * An answer that has begun, such as an event stream, may go on for as long as it likes; Fastify's own `handlerTimeout` would cut it.
 * Requests are kept in the order they came, so that one sweep looks only at those that are late.
 */
export function limitHandlers(fastify: FastifyInstance, limitMs: number, filter: ProblemFilter): void {
  const running = new Map<FastifyRequest, { readonly reply: FastifyReply; readonly deadline: number }>();

  fastify.addHook('onRequest', (request, reply, done) => {
    running.set(request, { reply, deadline: performance.now() + limitMs });
    done();
  });
  fastify.addHook('onResponse', (request, _reply, done) => {
    running.delete(request);
    done();
  });

  const sweep = setInterval(() => {
    const now = performance.now();
    for (const [request, { reply, deadline }] of running) {
      if (deadline > now) return;
      running.delete(request);
      if (!reply.sent && !reply.raw.headersSent) filter.answer(new Problem('accept-unknown', { detail: `No answer within ${limitMs} ms.` }), request, reply);
    }
  }, Math.min(limitMs / 4, 1_000)).unref();
  fastify.addHook('onClose', (_instance, done) => {
    clearInterval(sweep);
    done();
  });
}
