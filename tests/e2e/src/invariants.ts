import type { Caller } from '@checkout/local-network';

/**
 * What must hold at every quiet point, asked of the running system: stock is what the ledger says and every reservation is accounted
 * for; receipt numbers run from 1 to n, one for each sale. Empty when all is well.
 */
export async function violations(operator: Caller, storeIds: readonly string[]): Promise<string[]> {
  const { site } = operator;
  const found: string[] = [];
  for (const storeId of storeIds) {
    for (const [what, url] of [
      ['stock', `${site.url('inventory')}/v1/stock/${storeId}/check`],
      ['receipts', `${site.url('receipt')}/v1/journal/${storeId}/check`],
    ] as const) {
      const { status, body } = await operator.call<{ ok?: boolean }>('GET', url);
      if (status !== 200 || body.ok !== true) found.push(`${what} of ${storeId}: ${status} ${JSON.stringify(body)}`);
    }
  }
  return found;
}

interface Movement {
  readonly movement: string;
  readonly reference: string;
  readonly amountMinor: number;
}

/** All that the provider did, in order. */
async function ledger(operator: Caller): Promise<readonly Movement[]> {
  const all: Movement[] = [];
  for (;;) {
    const { body } = await operator.call<{ entries: Movement[] }>('GET', `${operator.site.url('provider')}/v1/ledger?after=${all.length}&limit=1000`);
    if (body.entries.length === 0) return all;
    all.push(...body.entries);
  }
}

const saleOf = ({ reference }: Movement): string => reference.split(':')[0] ?? '';

/** What the provider did for one sale, in order. */
export async function movementsOf(operator: Caller, saleId: string): Promise<readonly string[]> {
  return (await ledger(operator)).filter((entry) => saleOf(entry) === saleId).map(({ movement }) => movement);
}

/** What the payment provider did with the money of each sale: the other side of our books. */
export async function providerBalances(operator: Caller): Promise<ReadonlyMap<string, { readonly captured: number; readonly captures: number; readonly held: number; readonly refunded: number }>> {
  const balances = new Map<string, { captured: number; captures: number; held: number; refunded: number }>();
  for (const entry of await ledger(operator)) {
    const { movement, amountMinor } = entry;
    const balance = balances.get(saleOf(entry)) ?? { captured: 0, captures: 0, held: 0, refunded: 0 };
    balances.set(saleOf(entry), balance);
    if (movement === 'authorized') balance.held += amountMinor;
    if (movement === 'voided') balance.held -= amountMinor;
    if (movement === 'refunded') balance.refunded += amountMinor;
    if (movement === 'captured') {
      balance.held -= amountMinor;
      balance.captured += amountMinor;
      balance.captures += 1;
    }
  }
  return balances;
}
