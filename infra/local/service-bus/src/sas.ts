import { createHmac, timingSafeEqual } from 'node:crypto';
import { condition, Refusal } from './errors.ts';

/** Shared access keys by their name. */
export type AccessKeys = Readonly<Record<string, string>>;

/**
 * Checks shared access signatures (specification §2). Without keys every signature is good; a JWT's always is, there is nobody to ask about it. Their end
 * is kept to in any case.
 */
export class SasCheck {
  readonly #keys: AccessKeys | undefined;
  /** A put-token comes before every link, mostly with a token that was here before. */
  readonly #verified = new Map<string, VerifiedToken>();

  constructor(keys: AccessKeys | undefined) {
    this.#keys = keys;
  }

  /**
   * Without an audience any resource will do.
   * @returns when the token ends, in Unix milliseconds; infinity when it does not say.
   * @throws Refusal (unauthorized) for a token that is not good for this audience, or not any more.
   */
  check(token: string, type: string, audience?: string): number {
    const until = this.#keys && type !== 'jwt' ? this.#checkedEnd(token, audience) : statedEnd(token, type);
    if (until < Date.now()) throw refused('it has expired');
    return until;
  }

  #checkedEnd(token: string, audience: string | undefined): number {
    const verified = this.#verified.get(token) ?? this.#verify(token);
    if (audience !== undefined && !isWithin(pathOf(audience), verified.resource)) throw refused('it is for another resource');
    if (this.#verified.size >= LARGEST_CACHE) this.#verified.clear();
    this.#verified.set(token, verified);
    return verified.until * 1000;
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

/** Where nothing else about a token is looked at. */
function statedEnd(token: string, type: string): number {
  const seconds = type === 'jwt' ? jwtEnd(token) : Number(/[ &]se=(\d+)/.exec(token)?.[1]);
  return Number.isFinite(seconds) ? seconds * 1000 : Number.POSITIVE_INFINITY;
}

/** The `exp` of RFC 7519 §4.1.4; NaN for whatever is no JWT. */
function jwtEnd(token: string): number {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof payload === 'object' && payload !== null && 'exp' in payload ? Number(payload.exp) : Number.NaN;
  } catch {
    return Number.NaN;
  }
}

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
