import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Caller, type Site } from '@checkout/local-network';

/** Three tenants with two stores of two tills each: enough for neighbours of every kind, and for more stores than partitions have consumers. */
const tenantNames = ['alder', 'birch', 'cedar'] as const;
const storesPerTenant = 2;
const tillsPerStore = 2;

export interface TillPlace {
  readonly tenantId: string;
  readonly storeId: string;
  readonly tillId: string;
}

export interface StorePlace {
  readonly tenantId: string;
  readonly storeId: string;
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

export const stores: readonly StorePlace[] = tenantNames.flatMap((tenantId) => numbers(storesPerTenant).map((store) => ({ tenantId, storeId: `${tenantId.toUpperCase()}-${store}` })));
export const tills: readonly TillPlace[] = stores.flatMap((store) => numbers(tillsPerStore).map((till) => ({ ...store, tillId: `${store.storeId}-T${till}` })));
export const tenantIds: readonly string[] = tenantNames;

export interface Article {
  readonly sku: string;
  readonly unitPriceMinor: number;
  readonly taxRateBp: number;
  /** Pieces that each store starts with. */
  readonly stock: number;
}

/** The hot article runs out in every store, so that shortages are part of every run. */
export const articles: readonly Article[] = [
  { sku: 'HOT-01', unitPriceMinor: 1_999, taxRateBp: 2_000, stock: 2 },
  ...numbers(12).map((index) => ({ sku: `ART-${String(index).padStart(2, '0')}`, unitPriceMinor: 95 + index * 35, taxRateBp: index % 3 === 0 ? 2_000 : 0, stock: 100_000 })),
];

/** A tenant's own words: they must never be seen by another. */
export const canaryOf = (tenantId: string): string => `canary-of-${tenantId}`;
export const descriptionOf = (tenantId: string, sku: string): string => `${sku} ${canaryOf(tenantId)}`;

export const priceOf = (sku: string): number => articles.find((article) => article.sku === sku)?.unitPriceMinor ?? 0;

/** Makes the identity stand-in know these tenants, before it starts. */
export function writeClients(stateDirectory: string): void {
  const secret = (): string => randomBytes(18).toString('base64url');
  const clients = [
    ...tills.map(({ tenantId, storeId, tillId }) => ({ clientId: tillId, secret: secret(), tenant: tenantId, store: storeId, till: tillId, roles: ['till'] })),
    ...tenantIds.map((tenant) => ({ clientId: `${tenant}-office`, secret: secret(), tenant, roles: ['sre', 'back-office'] })),
  ];
  mkdirSync(join(stateDirectory, 'identity'), { recursive: true });
  writeFileSync(join(stateDirectory, 'identity', 'clients.json'), JSON.stringify(clients), { mode: 0o600 });
}

/** Opens the shops and fills the shelves, through the same doors as a back office. */
export async function openShops(site: Site): Promise<void> {
  await Promise.all(tenantIds.map(async (tenantId) => {
    const office = await Caller.signIn(site, `${tenantId}-office`);
    const done = async (method: string, url: string, body: unknown): Promise<void> => {
      const { status, body: answer } = await office.call(method, url, body);
      if (status >= 300) throw new Error(`${method} ${url} was refused with ${status}: ${JSON.stringify(answer)}`);
    };
    const own = stores.filter((store) => store.tenantId === tenantId);
    await done('PUT', `${site.url('cart')}/v1/stores`, { stores: own.map(({ storeId }) => ({ storeId, name: `${storeId} ${canaryOf(tenantId)}`, currency: 'GBP', taxMode: 'inclusive' })) });
    await done('PUT', `${site.url('cart')}/v1/products`, {
      products: articles.map(({ sku, unitPriceMinor, taxRateBp }) => ({ sku, description: descriptionOf(tenantId, sku), unitPriceMinor, taxRateBp })),
    });
    for (const { storeId } of own) {
      await done('POST', `${site.url('inventory')}/v1/deliveries`, { deliveryId: `opening-${storeId}`, storeId, lines: articles.map(({ sku, stock }) => ({ sku, quantity: stock })) });
    }
  }));
}
