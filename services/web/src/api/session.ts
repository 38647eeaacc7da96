import type { Enrolment } from '../device/enrolment.ts';
import { addresses } from './addresses.ts';

interface Token {
  readonly text: string;
  /** By this till's clock. */
  readonly expiresAt: number;
}

/** What the identity provider says to this device. */
export type SignedIn = { readonly kind: 'token'; readonly token: string } | { readonly kind: 'refused' } | { readonly kind: 'unreachable' };

const renewBeforeMs = 5 * 60_000;
const limitMs = 5_000;

/** Keeps a token for this till, renewed before it expires. While the identity provider is away the old one serves as long as it lasts. */
export class Session {
  readonly #enrolment: Enrolment;
  readonly #now: () => number;
  #token: Token | undefined;
  #asking: Promise<SignedIn> | undefined;

  constructor(enrolment: Enrolment, now: () => number = Date.now) {
    this.#enrolment = enrolment;
    this.#now = now;
  }

  /** @param rejected a token that a service did not accept, so that another must be had */
  async signIn(rejected?: string): Promise<SignedIn> {
    if (rejected !== undefined && this.#token?.text === rejected) this.#token = undefined;
    if (this.#token && this.#now() < this.#token.expiresAt - renewBeforeMs) return { kind: 'token', token: this.#token.text };
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    const answer = await this.#asking;
    const { text, expiresAt } = this.#token ?? { text: '', expiresAt: 0 };
    return answer.kind === 'unreachable' && this.#now() < expiresAt ? { kind: 'token', token: text } : answer;
  }

  async #ask(): Promise<SignedIn> {
    const { tillId, secret } = this.#enrolment;
    const found = await addresses();
    if (!found) return { kind: 'unreachable' };
    try {
      const answer = await fetch(found.token, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ grant_type: 'client_credentials', client_id: tillId, client_secret: secret, ...(found.scope !== undefined && { scope: found.scope }) }),
        signal: AbortSignal.timeout(limitMs),
      });
      if (answer.status === 400 || answer.status === 401) return { kind: 'refused' };
      const { access_token: token, expires_in: seconds } = (await answer.json()) as { access_token?: unknown; expires_in?: unknown };
      if (!answer.ok || typeof token !== 'string' || typeof seconds !== 'number') return { kind: 'unreachable' };
      this.#token = { text: token, expiresAt: this.#now() + seconds * 1_000 };
      return { kind: 'token', token };
    } catch {
      return { kind: 'unreachable' };
    }
  }
}
