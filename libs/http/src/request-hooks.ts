import { histogram, openSpan, parseTraceparent, traceIdOf, type Health } from '@checkout/observability';
import type { FastifyInstance } from 'fastify';
import './request.ts';

const duration = histogram('http_request_duration_seconds', 'Time from the first header to the last byte of the answer', ['method', 'route', 'status']);

/** What every request gets: a span, the trace in the answer, a few headers, a measurement. */
export function observeRequests(fastify: FastifyInstance, health: Health): void {
  fastify.decorateRequest('traceparent', '');
  fastify.decorateRequest('principal', null);
  fastify.decorateRequest('span', null);
  fastify.decorateRequest('reference', null);

  fastify.addHook('onRequest', (request, reply, done) => {
    const span = openSpan(`${request.method} ${request.routeOptions.url ?? 'unmatched'}`, { kind: 'server', parent: parseTraceparent(request.headers['traceparent']) });
    request.span = span;
    request.traceparent = span.traceparent;
    void reply.headers({
      traceparent: span.traceparent,
      'x-trace-id': traceIdOf(span.traceparent),
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
    // Tells clients and load balancers to go elsewhere with their next request.
    if (health.isDraining) void reply.header('connection', 'close');
    done();
  });

  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unmatched';
    duration.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    request.span?.set({ 'http.request.method': request.method, 'http.route': route, 'http.response.status_code': reply.statusCode });
    request.span?.end(reply.statusCode >= 500 ? new Error(`answered ${reply.statusCode}`) : undefined);
    done();
  });
}
