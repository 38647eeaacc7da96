import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Caller, type Network } from '@checkout/local-network';
import type { Options } from './options.ts';

export const tenant = 'bench';
export const storeId = (index: number): string => `STORE-${String(index + 1).padStart(3, '0')}`;
export const sku = (index: number): string => `SKU-${String(index + 1).padStart(5, '0')}`;
export const priceOf = (index: number): number => 100 + ((index * 37) % 900);

/** Pieces of each article in each store: more than any run sells. */
const stock = 1_000_000;

/** Makes the identity stand-in know the benchmark's own tenant, before it starts. */
export function writeClients(stateDirectory: string, { stores }: Options): void {
  const secret = (): string => randomBytes(18).toString('base64url');
  const clients = [
    ...Array.from({ length: stores }, (_, index) => ({ clientId: `till-${index}`, secret: secret(), tenant, store: storeId(index), till: `TILL-${index + 1}`, roles: ['till'] })),
    { clientId: 'office', secret: secret(), tenant, roles: ['back-office'] },
    { clientId: 'operator', secret: secret(), tenant, roles: ['sre', 'back-office'] },
  ];
  mkdirSync(join(stateDirectory, 'identity'), { recursive: true });
  writeFileSync(join(stateDirectory, 'identity', 'clients.json'), JSON.stringify(clients));
}

/** Opens the shops and fills the shelves. */
export async function stockTheShops(network: Network, { stores, skus }: Options): Promise<void> {
  const office = await Caller.signIn(network, 'office');
  const put = async (method: string, url: string, body: unknown): Promise<void> => {
    const { status, body: answer } = await office.call(method, url, body);
    if (status >= 300) throw new Error(`${method} ${url} was refused with ${status}: ${JSON.stringify(answer)}`);
  };
  await put('PUT', `${network.url('cart')}/v1/stores`, {
    stores: Array.from({ length: stores }, (_, index) => ({ storeId: storeId(index), name: `Store ${index + 1}`, currency: 'GBP', taxMode: 'inclusive' })),
  });
  const products = Array.from({ length: skus }, (_, index) => ({ sku: sku(index), description: `Article ${index + 1}`, unitPriceMinor: priceOf(index), taxRateBp: 2_000 }));
  for (let from = 0; from < skus; from += 1_000) await put('PUT', `${network.url('cart')}/v1/products`, { products: products.slice(from, from + 1_000) });
  for (let store = 0; store < stores; store += 1) {
    for (let from = 0; from < skus; from += 1_000) {
      await put('POST', `${network.url('inventory')}/v1/deliveries`, {
        deliveryId: `opening-${storeId(store)}-${from}`,
        storeId: storeId(store),
        lines: products.slice(from, from + 1_000).map((product) => ({ sku: product.sku, quantity: stock })),
      });
    }
  }
}
