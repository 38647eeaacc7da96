import { createHmac, timingSafeEqual } from 'node:crypto';
import { condition, Refusal } from './errors.ts';

/** Shared access keys by their name. */
export type AccessKeys = Readonly<Record<string, string>>;

/** Checks shared access signatures (specification §2). Without keys every token is good; a JWT always is, there is nobody to ask about it. */
export class SasCheck {
  readonly #keys: AccessKeys | undefined;
  /** A put-token comes before every link, mostly with a token that was here before. */
  readonly #verified = new Map<string, VerifiedToken>();

  constructor(keys: AccessKeys | undefined) {
    this.#keys = keys;
  }

  /** Without an audience any resource will do. @throws Refusal (unauthorized) for a token that is not good for this audience. */
  check(token: string, type: string, audience?: string): void {
    if (!this.#keys || type === 'jwt') return;
    const verified = this.#verified.get(token) ?? this.#verify(token);
    if (verified.until * 1000 < Date.now()) throw refused('it has expired');
    if (audience !== undefined && !isWithin(pathOf(audience), verified.resource)) throw refused('it is for another resource');
    if (this.#verified.size >= LARGEST_CACHE) this.#verified.clear();
    this.#verified.set(token, verified);
  }

  #verify(token: string): VerifiedToken {
    const [scheme, text = ''] = token.split(' ', 2);
    const fields = new Map(text.split('&').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
    const [resource, signature, end, name] = ['sr', 'sig', 'se', 'skn'].map((field) => fields.get(field));
    if (scheme !== 'SharedAccessSignature' || resource === undefined || signature === undefined || end === undefined || name === undefined) throw refused('it is no shared access signature');
    const key = Object.entries(this.#keys ?? {}).find(([known]) => known === decode(name))?.[1];
    if (key === undefined) throw refused('its key is not known');
    const expected = createHmac('sha256', key).update(`${resource}\n${end}`).digest();
    const actual = Buffer.from(decode(signature), 'base64');
    if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) throw refused('its signature does not match');
    return { until: Number(end), resource: pathOf(decode(resource)) };
  }
}

interface VerifiedToken {
  /** Unix seconds. */
  readonly until: number;
  /** What it is good for, with all below it. */
  readonly resource: string;
}

const LARGEST_CACHE = 10_000;

const refused = (why: string): Refusal => new Refusal(condition.unauthorized, `Unauthorized access: the token is refused because ${why}.`);

const pathOf = (audience: string): string => audience.toLowerCase().replace(/^[a-z]+:\/\/[^/]*\/?/, '').replace(/\/$/, '');

/** A signature is good for its resource and everything below it, segment by segment: one for `orders` does not open `orders-2`. */
const isWithin = (path: string, resource: string): boolean => resource === '' || path === resource || path.startsWith(`${resource}/`);

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
