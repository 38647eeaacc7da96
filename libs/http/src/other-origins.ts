import type { FastifyInstance } from 'fastify';

const methods = 'GET, POST';
const requestHeaders = 'authorization, content-type, idempotency-key, traceparent';
/** What a browser would else keep from the page that asked. `date` sets a till's clock right. */
const exposed = 'date, idempotency-replayed, location, preference-applied, retry-after, traceparent, x-trace-id';
/** Two hours: Chromium keeps the answer to a preflight no longer. */
const keptSeconds = 7_200;

/**
 * Lets pages of these origins call us from a browser (https://fetch.spec.whatwg.org/#http-cors-protocol); to every other page the browser
 * gives neither answer nor leave. No cookies: who calls is said by the token alone, which a foreign page has not. Our answers are not kept
 * by caches (`no-store`), so that none is given to another origin than the one it names.
 */
export function admitOrigins(fastify: FastifyInstance, origins: readonly string[]): void {
  const ours = new Set(origins);
  fastify.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    if (origin === undefined || !ours.has(origin)) return done();
    void reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': exposed });
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return done();
    void reply.status(204).headers({ 'access-control-allow-methods': methods, 'access-control-allow-headers': requestHeaders, 'access-control-max-age': String(keptSeconds), vary: 'origin' }).send();
  });
}
