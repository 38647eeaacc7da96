import type { Principal } from '@checkout/auth';
import type { OpenSpan, Traceparent } from '@checkout/observability';
import type { Reference } from './problem.ts';

/** What the application adds to every Fastify request. */
declare module 'fastify' {
  interface FastifyRequest {
    /** This request's own span: the parent of whatever it causes. */
    traceparent: Traceparent;
    /** Set by the guard; null on public routes. */
    principal: Principal | null;
    span: OpenSpan | null;
    /** What the request is about, once its route knows. */
    reference: Reference | null;
  }
}
