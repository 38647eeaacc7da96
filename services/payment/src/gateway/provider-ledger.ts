import { SaleId, TenantId } from '@checkout/contracts';
import { z } from 'zod';
import type { ProviderEntry, ProviderLedger, TenderKey } from '../application/reconcile.ts';
import { Authorization } from './classify.ts';
import type { HttpClient } from './http-client.ts';

const Line = z.object({
  sequence: z.int(),
  at: z.iso.datetime(),
  movement: z.string(),
  authorizationId: z.string(),
  reference: z.string(),
  refundReference: z.string().max(200).optional(),
  merchantAccount: z.string().optional(),
  amountMinor: z.int(),
  currency: z.string(),
});
const Page = z.object({ entries: z.array(Line) });
const Moved = z.enum(['authorized', 'captured', 'voided', 'refunded']);
const deadlineMs = 10_000;

/** The provider's ledger over HTTP. */
export class HttpProviderLedger implements ProviderLedger {
  readonly #client: Pick<HttpClient, 'get'>;

  constructor(client: Pick<HttpClient, 'get'>) {
    this.#client = client;
  }

  async page(after: number, limit: number) {
    const { entries } = Page.parse(await this.#read(`/v1/ledger?after=${after}&limit=${limit}`));
    return entries.map((line) => ({ sequence: line.sequence, at: Date.parse(line.at), entry: entryOf(line) }));
  }

  async isHeld(providerId: string): Promise<boolean> {
    return Authorization.parse(await this.#read(`/v1/authorizations/${encodeURIComponent(providerId)}`)).status === 'authorized';
  }

  async #read(path: string): Promise<unknown> {
    const { status, body } = await this.#client.get(path, AbortSignal.timeout(deadlineMs));
    if (status !== 200) throw new Error(`the provider answered ${status} to ${path}`);
    return JSON.parse(body);
  }
}

/** Declines move no money, so they are in nobody's books. */
function entryOf({ sequence, at, movement, authorizationId, reference, refundReference, merchantAccount, amountMinor, currency }: z.output<typeof Line>): ProviderEntry | undefined {
  const moved = Moved.safeParse(movement).data;
  return moved && { sequence, at: Date.parse(at), movement: moved, providerId: authorizationId, refundReference, amountMinor, currency, tender: tenderOf(reference, merchantAccount) };
}

/** Whose a reference is; undefined when it is not one of ours. */
export function tenderOf(reference: string, merchantAccount: string | undefined): TenderKey | undefined {
  const [, sale, position] = /^(.{36}):(\d{1,2})$/.exec(reference) ?? [];
  const tenantId = TenantId.safeParse(merchantAccount).data;
  const saleId = SaleId.safeParse(sale).data;
  return tenantId === undefined || saleId === undefined ? undefined : { tenantId, saleId, position: Number(position) };
}
