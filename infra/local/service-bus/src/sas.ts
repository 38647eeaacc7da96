import { createHmac, timingSafeEqual } from 'node:crypto';
import { isWithin } from './access.ts';
import { condition, Refusal } from './errors.ts';

/** Shared access keys by their name. */
export type AccessKeys = Readonly<Record<string, string>>;

/** What a token that is good says. */
export interface Checked {
  /** When it ends, in Unix milliseconds; infinity when it does not say. */
  readonly until: number;
  /** The policy that a signature was made with, or the client id of an identity's token; undefined for a token that names none. */
  readonly holder: string | undefined;
}

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
   * @throws Refusal (unauthorized) for a token that is not good for this audience, or not any more.
   */
  check(token: string, type: string, audience?: string): Checked {
    const checked = this.#keys && type !== 'jwt' ? this.#checkedSignature(token, audience) : stated(token, type);
    if (checked.until < Date.now()) throw refused('it has expired');
    return checked;
  }

  #checkedSignature(token: string, audience: string | undefined): Checked {
    const verified = this.#verified.get(token) ?? this.#verify(token);
    if (audience !== undefined && !isWithin(pathOf(audience), verified.resource)) throw refused('it is for another resource');
    if (this.#verified.size >= LARGEST_CACHE) this.#verified.clear();
    this.#verified.set(token, verified);
    return { until: verified.until * 1000, holder: verified.holder };
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
    return { until: Number(end), resource: pathOf(decode(resource)), holder: decode(name) };
  }
}

interface VerifiedToken {
  /** Unix seconds. */
  readonly until: number;
  /** What it is good for, with all below it. */
  readonly resource: string;
  readonly holder: string;
}

const LARGEST_CACHE = 10_000;

/** Where nothing else about a token is looked at. */
function stated(token: string, type: string): Checked {
  if (type !== 'jwt') return { until: milliseconds(/[ &]se=(\d+)/.exec(token)?.[1]), holder: decode(/[ &]skn=([^&]+)/.exec(token)?.[1] ?? '') || undefined };
  const { exp, appid, azp } = payloadOf(token);
  const holder = appid ?? azp;
  return { until: milliseconds(exp), holder: typeof holder === 'string' ? holder : undefined };
}

const milliseconds = (seconds: unknown): number => (Number.isFinite(Number(seconds)) ? Number(seconds) * 1000 : Number.POSITIVE_INFINITY);

/** `exp` is of RFC 7519 §4.1.4; the client id is `appid` in a token of version 1.0 and `azp` in one of 2.0. Nothing for whatever is no JWT. */
function payloadOf(token: string): { readonly exp?: unknown; readonly appid?: unknown; readonly azp?: unknown } {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof payload === 'object' && payload !== null ? payload : {};
  } catch {
    return {};
  }
}

const refused = (why: string): Refusal => new Refusal(condition.unauthorized, `Unauthorized access: the token is refused because ${why}.`);

const pathOf = (audience: string): string => audience.toLowerCase().replace(/^[a-z]+:\/\/[^/]*\/?/, '').replace(/\/$/, '');

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
