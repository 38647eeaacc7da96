import { uuidv7 } from '@checkout/kernel';
import type { http } from '@checkout/contracts';
import type { TenantName } from './people.ts';
import type { Site } from './site.ts';

/** What a call came back with: the body as the service sent it, whatever the status. */
export interface Answer<Body = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** An HTTP client with a token of the identity stand-in: a till, a back office or an operator of one tenant. */
export class Caller {
  readonly site: Site;
  readonly token: string;

  static async signIn(site: Site, clientId: string): Promise<Caller> {
    return new Caller(site, await tokenOf(site, clientId));
  }

  constructor(site: Site, token: string) {
    this.site = site;
    this.token = token;
  }

  async call<Body = unknown>(method: string, url: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<Body>> {
    const answer = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
    return { status: answer.status, headers: answer.headers, body: (isJson ? JSON.parse(text) : text) as Body };
  }
}

/** A till as it behaves at the counter: it makes and keeps the command id before it first sends. */
export class Till extends Caller {
  static override async signIn(site: Site, tillId: string): Promise<Till> {
    return new Till(site, await tokenOf(site, tillId));
  }

  /** Sends a checkout and waits for how it ends, for at most `waitSeconds`. */
  checkout(body: Readonly<Record<string, unknown>>, { commandId = uuidv7(), waitSeconds = 20 } = {}): Promise<Answer<http.CheckoutStatus>> {
    return this.call('POST', `${this.site.url('cart')}/v1/checkouts`, body, {
      'idempotency-key': commandId,
      ...(waitSeconds > 0 && { prefer: `wait=${waitSeconds}` }),
    });
  }

  status(commandId: string): Promise<Answer<http.CheckoutStatus>> {
    return this.call('GET', `${this.site.url('cart')}/v1/checkouts/${commandId}`);
  }

  /** Asks for a refund; it goes on after the answer. */
  refund(body: Readonly<Record<string, unknown>>, commandId: string = uuidv7()): Promise<Answer<http.RefundStatus>> {
    return this.call('POST', `${this.site.url('receipt')}/v1/refunds`, body, { 'idempotency-key': commandId });
  }

  refundStatus(commandId: string): Promise<Answer<http.RefundStatus>> {
    return this.call('GET', `${this.site.url('receipt')}/v1/refunds/${commandId}`);
  }

  async receiptText(saleId: string): Promise<string> {
    return (await this.call<string>('GET', `${this.site.url('receipt')}/v1/receipts/${saleId}`, undefined, { accept: 'text/plain' })).body;
  }
}

async function tokenOf(site: Site, clientId: string): Promise<string> {
  const client = site.clients.find((each) => each.clientId === clientId);
  if (!client) throw new Error(`${clientId} is not a client of the identity stand-in`);
  const answer = await fetch(`${site.url('identity')}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: client.secret }),
  });
  if (!answer.ok) throw new Error(`The identity stand-in gave ${clientId} no token: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** Opens the till for browsers and makes that browser this till. */
export function tillLink(site: Site, tillId: string): string {
  const secret = site.clients.find(({ clientId }) => clientId === tillId)?.secret;
  if (secret === undefined) throw new Error(`${tillId} is not a client of the identity stand-in`);
  return `${site.url('web')}/#enrol=${tillId}:${secret}`;
}

/** The back office client of a tenant. */
export const officeOf = (site: Site, tenant: TenantName): Promise<Caller> => Caller.signIn(site, `${tenant}-office`);
/** The operator of a tenant. */
export const operatorOf = (site: Site, tenant: TenantName): Promise<Caller> => Caller.signIn(site, `${tenant}-sre`);
