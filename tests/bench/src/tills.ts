import { uuidv7 } from '@checkout/kernel';
import { Caller, type Network } from '@checkout/local-network';
import { Pool } from 'undici';
import type { Options } from './options.ts';
import { priceOf, sku } from './shop.ts';

/** A seeded source of numbers in [0, 1): mulberry32, small and even enough for choosing articles. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One sale in a hundred is declined, as at a real counter. */
const declineShare = 0.01;

export interface Accepted {
  readonly saleId: string;
  readonly ackMs: number;
}

/** The counters of all stores behind one pool of connections: each call is one customer with three articles. */
export class Tills {
  readonly #pool: Pool;
  readonly #tokens: readonly string[];
  readonly #random: () => number;
  readonly #skus: number;

  static async open(network: Network, options: Options): Promise<Tills> {
    const tokens: string[] = [];
    for (let index = 0; index < options.stores; index += 1) tokens.push((await Caller.signIn(network, `till-${index}`)).token);
    return new Tills(new Pool(network.url('cart'), { connections: 64, pipelining: 1 }), tokens, options);
  }

  private constructor(pool: Pool, tokens: readonly string[], { seed, skus }: Options) {
    this.#pool = pool;
    this.#tokens = tokens;
    this.#random = randomOf(seed);
    this.#skus = skus;
  }

  /** @throws Error when the sale is not accepted: at this load every one must be. */
  async sell(): Promise<Accepted> {
    const random = this.#random;
    const first = Math.floor(random() * this.#skus);
    const lines = [0, 1, 2].map((step) => ({ index: (first + step * 7) % this.#skus, quantity: 1 + Math.floor(random() * 3) }));
    const totalMinor = lines.reduce((sum, { index, quantity }) => sum + priceOf(index) * quantity, 0);
    const cardToken = random() < declineShare ? 'tok_declined' : 'tok_visa_4242';
    const startedAt = performance.now();
    const answer = await this.#pool.request({
      method: 'POST',
      path: '/v1/checkouts',
      headers: {
        authorization: `Bearer ${this.#tokens[Math.floor(random() * this.#tokens.length)] ?? ''}`,
        'content-type': 'application/json',
        'idempotency-key': uuidv7(),
      },
      body: JSON.stringify({
        currency: 'GBP',
        totalMinor,
        lines: lines.map(({ index, quantity }) => ({ sku: sku(index), quantity })),
        tenders: [{ type: 'card', amountMinor: totalMinor, cardToken }],
      }),
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 202) throw new Error(`A sale was answered ${answer.statusCode}: ${text}`);
    return { saleId: (JSON.parse(text) as { saleId: string }).saleId, ackMs: performance.now() - startedAt };
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}
