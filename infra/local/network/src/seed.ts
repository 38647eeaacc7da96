import type { Site } from './site.ts';
import { tenants, type TenantName } from './people.ts';
import { products } from './products.ts';
import { officeOf, type Answer } from './till.ts';

/** Pieces of every article that each store starts with. */
const initialStock = 500;

const names: Record<string, string> = { 'LEEDS-01': 'Brightside Leeds', 'YORK-02': 'Brightside York', 'BATH-01': 'Corner Books Bath' };

/** Stocks the shops through the same doors as a back office would. Repeating it changes nothing. */
export async function seed(site: Site): Promise<void> {
  await Promise.all((Object.keys(tenants) as TenantName[]).map((tenant) => seedTenant(site, tenant)));
}

async function seedTenant(site: Site, tenant: TenantName): Promise<void> {
  const office = await officeOf(site, tenant);
  const { stores } = tenants[tenant];
  accepted(await office.call('PUT', `${site.url('cart')}/v1/stores`, {
    stores: stores.map((storeId) => ({ storeId, name: names[storeId] ?? storeId, currency: 'GBP', taxMode: 'inclusive' })),
  }));
  accepted(await office.call('PUT', `${site.url('cart')}/v1/products`, { products }));
  await Promise.all(stores.map(async (storeId) => accepted(await office.call('POST', `${site.url('inventory')}/v1/deliveries`, {
    deliveryId: `opening-${storeId}`,
    storeId,
    lines: products.map(({ sku }) => ({ sku, quantity: initialStock })),
  }))));
}

function accepted({ status, body }: Answer): void {
  if (status >= 300) throw new Error(`Seeding was refused with ${status}: ${JSON.stringify(body)}`);
}
