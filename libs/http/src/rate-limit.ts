import { callerOf, Recent, type Authenticated } from '@checkout/auth';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Problem } from './problem.ts';

export interface RateLimit {
  /** Requests per second that one token subject may keep up. */
  readonly perSecond: number;
  /** Requests that it may send at once after a pause: a till that uploads what it sold offline. */
  readonly burst: number;
}

/** A till sells about once a minute; this stops a loop gone wild, not a busy shop. */
export const defaultRateLimit: RateLimit = { perSecond: 100, burst: 500 };

interface Bucket {
  tokens: number;
  at: number;
}

/** A token bucket per key. Holds the buckets used lately; a forgotten one is a full one. */
export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #now: () => number;
  readonly #buckets = new Recent<Bucket>(50_000);

  constructor(limit: RateLimit, now: () => number = () => performance.now()) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Takes one token. Answers 0, or the milliseconds until there is one. */
  take(key: string): number {
    const now = this.#now();
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      bucket = { tokens: this.#limit.burst, at: now };
      this.#buckets.set(key, bucket);
    }
    bucket.tokens = Math.min(this.#limit.burst, bucket.tokens + ((now - bucket.at) / 1000) * this.#limit.perSecond);
    bucket.at = now;
    if (bucket.tokens < 1) return Math.ceil(((1 - bucket.tokens) / this.#limit.perSecond) * 1000);
    bucket.tokens -= 1;
    return 0;
  }
}

/**
 * Runs after the auth guard, because only a verified subject is a key that a caller can neither choose nor borrow.
 * (`@fastify/rate-limit` decides before the token is verified.)
 */
export class RateLimitGuard implements CanActivate {
  readonly #limiter: RateLimiter;

  constructor(limiter: RateLimiter) {
    this.#limiter = limiter;
  }

  canActivate(context: ExecutionContext): true {
    const request = context.switchToHttp().getRequest<Authenticated>();
    if (!request.principal) return true;
    const { tenantId, subject } = callerOf(request);
    const waitMs = this.#limiter.take(`${tenantId}/${subject}`);
    if (waitMs > 0) throw new Problem('rate-limited', { retryAfterMs: waitMs });
    return true;
  }
}
