import { z } from 'zod';

/** Where the site that this till was loaded from says that its services are: beside it, or at addresses of their own. */
const Addresses = z.object({
  cart: z.string().min(1),
  receipt: z.string().min(1),
  /** Where tokens are issued (RFC 6749 §4.4), and what they are asked for where that must be said. */
  token: z.string().min(1),
  scope: z.string().min(1).optional(),
});
type Addresses = z.output<typeof Addresses>;

const limitMs = 5_000;
let known: Promise<Addresses | undefined> | undefined;

/** Nothing while it could not be read: then nobody can be called, and the next call asks again. */
export function addresses(): Promise<Addresses | undefined> {
  known ??= read().then((found) => {
    if (!found) known = undefined;
    return found;
  });
  return known;
}

/** Where `/api/<service>/…` really is. */
export async function located(path: string): Promise<string | undefined> {
  const [, , service, ...rest] = path.split('/');
  const found = await addresses();
  return found && (service === 'cart' || service === 'receipt') ? [found[service], ...rest].join('/') : undefined;
}

async function read(): Promise<Addresses | undefined> {
  try {
    const answer = await fetch('/config.json', { signal: AbortSignal.timeout(limitMs) });
    return answer.ok ? Addresses.safeParse(await answer.json()).data : undefined;
  } catch {
    return undefined;
  }
}
