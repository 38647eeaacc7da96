import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { News } from './provider.ts';

export interface WebhookOptions {
  /** Where the merchant wants to hear. */
  readonly url: string;
  /** `whsec_` and base64; several while a secret is being replaced: each signs. */
  readonly secrets: readonly string[];
  /** `all` tells every change; `undelivered` only what could not be answered on the connection. */
  readonly events: 'all' | 'undelivered';
}

/** Waits between the tries for one event; after the last it is given up. */
const waitsMs = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 300_000, 300_000];
const attemptMs = 5_000;

/**
 * Tells the merchant what became of an authorization or a refund, signed as Standard Webhooks say (https://www.standardwebhooks.com).
 * What was not delivered when the process ends is not told any more, as with a provider that loses some.
 */
export class Webhooks {
  readonly options: WebhookOptions;
  readonly #closing = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();
  readonly counts = { sent: 0, delivered: 0, refused: 0, givenUp: 0 };

  constructor(options: WebhookOptions) {
    this.options = options;
  }

  /** Resolves after the first try, however it ended; further tries go on by themselves. */
  tell({ type, data }: News, { copies = 1, delayMs = 0 } = {}): Promise<void> {
    const id = `evt_${randomUUID()}`;
    const body = JSON.stringify({ type, isTest: true, createdAt: new Date().toISOString(), data });
    return new Promise((resolve) => {
      const work = this.#deliver(id, body, copies, delayMs, resolve).finally(() => this.#underWay.delete(work));
      this.#underWay.add(work);
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#underWay);
  }

  async #deliver(id: string, body: string, copies: number, delayMs: number, onFirst: () => void): Promise<void> {
    const { signal } = this.#closing;
    const pause = (ms: number): Promise<boolean> => sleep(ms, true, { signal, ref: false }).catch(() => false);
    if (delayMs > 0 && !(await pause(delayMs))) return onFirst();
    for (const waitMs of [...waitsMs, undefined]) {
      const outcomes = await Promise.all(Array.from({ length: copies }, () => this.#post(id, body)));
      onFirst();
      if (outcomes.every(Boolean)) return;
      if (waitMs === undefined) this.counts.givenUp += 1;
      else if (!(await pause(waitMs))) return;
    }
  }

  async #post(id: string, body: string): Promise<boolean> {
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const signature = this.options.secrets.map((secret) => signatureOf(secret, `${id}.${timestamp}.${body}`)).join(' ');
    const headers = { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
    this.counts.sent += 1;
    try {
      const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(attemptMs)]);
      const { status, body: answer } = await fetch(this.options.url, { method: 'POST', headers, body, signal, redirect: 'error' });
      await answer?.cancel();
      const isDelivered = status >= 200 && status < 300;
      this.counts[isDelivered ? 'delivered' : 'refused'] += 1;
      return isDelivered;
    } catch {
      this.counts.refused += 1; // Nobody there, or nobody in time: told again later.
      return false;
    }
  }
}

const signatureOf = (secret: string, content: string): string =>
  `v1,${createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64')).update(content).digest('base64')}`;
