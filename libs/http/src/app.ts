import { AuthGuard, type TokenVerifier } from '@checkout/auth';
import type { Health, Logger } from '@checkout/observability';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { ProblemAdapter, type Timeouts } from './adapter.ts';
import { acceptJsonOnly } from './body-parser.ts';
import { limitHandlers } from './deadline.ts';
import { ProblemFilter } from './filter.ts';
import { checkAtTheFront } from './front-checks.ts';
import { nestLogger } from './nest-logger.ts';
import { servePlatform } from './platform-routes.ts';
import { defaultRateLimit, RateLimiter, RateLimitGuard, type RateLimit } from './rate-limit.ts';
import { admitOrigins } from './other-origins.ts';
import { observeRequests } from './request-hooks.ts';
import type { RegisteredRoute } from './routes.ts';

export interface HttpAppOptions {
  readonly logger: Logger;
  readonly health: Health;
  /** Verifies callers. Without it only `@Public()` routes answer. */
  readonly verifier?: TokenVerifier | undefined;
  /** Serves `/metrics`. Default true. */
  readonly metrics?: boolean;
  /** Served at `/openapi.json`. */
  readonly openapi?: object;
  readonly rateLimit?: RateLimit;
  readonly timeouts?: Partial<Timeouts>;
  /** The hosts that requests may name, without ports. Any when they are not known. */
  readonly hosts?: readonly string[] | undefined;
  /** Whose pages may call from a browser, beside our own. None by default. */
  readonly origins?: readonly string[] | undefined;
}

const defaultTimeouts: Timeouts = { requestMs: 10_000, handlerMs: 30_000, keepAliveMs: 65_000 };
const closeLimitMs = 10_000;

/** A service's HTTP side: built, not yet listening. */
export interface HttpApp {
  readonly nest: NestFastifyApplication;
  readonly fastify: FastifyInstance;
  /** Listens and answers with the port; port 0 takes a free one. */
  listen(port: number, host?: string): Promise<number>;
  /** What is really served, for holding the documentation to it. */
  routes(): readonly RegisteredRoute[];
  /** Takes no new connections, lets requests finish for up to 10 s, runs Nest's destroy hooks. */
  close(): Promise<void>;
}

/**
 * Nest on Fastify with everything that is the same in every service: errors, bodies, guards, limits, traces, health, metrics.
 * A service's module holds its controllers and nothing of this.
 */
export async function createHttpApp(module: Type | DynamicModule, options: HttpAppOptions): Promise<HttpApp> {
  const { logger, health, verifier, metrics = true, openapi, rateLimit = defaultRateLimit, timeouts, hosts, origins = [] } = options;
  const filter = new ProblemFilter(logger);
  const limits = { ...defaultTimeouts, ...timeouts };
  const adapter = new ProblemAdapter(filter, limits);
  const fastify = adapter.getInstance<FastifyInstance>();
  observeRequests(fastify, health);
  // First, so that the page that asked can read a refusal too.
  admitOrigins(fastify, origins);
  checkAtTheFront(fastify, { hosts, openapi });
  limitHandlers(fastify, limits.handlerMs, filter);
  acceptJsonOnly(fastify);
  servePlatform(fastify, { health, metrics, openapi });

  const nest = await NestFactory.create<NestFastifyApplication>(module, adapter, { bodyParser: false, logger: nestLogger(logger), abortOnError: false });
  nest.useGlobalFilters(filter);
  nest.useGlobalGuards(new AuthGuard(verifier), new RateLimitGuard(new RateLimiter(rateLimit)));
  await nest.init();
  await fastify.ready();

  return {
    nest,
    fastify,
    routes: () => adapter.routes.list(),
    async listen(port, host = '0.0.0.0') {
      await nest.listen(port, host);
      const address = fastify.server.address();
      if (address === null || typeof address === 'string') throw new Error('not listening on a port');
      return address.port;
    },
    async close() {
      health.drain();
      // A connection that was busy when the server closed stays open afterwards, idle, until its client lets go.
      const sweep = setInterval(() => fastify.server.closeIdleConnections(), 50);
      // A browser that watches a stream would keep us for ever.
      const limit = setTimeout(() => fastify.server.closeAllConnections(), closeLimitMs);
      await nest.close().finally(() => {
        clearInterval(sweep);
        clearTimeout(limit);
      });
    },
  };
}
