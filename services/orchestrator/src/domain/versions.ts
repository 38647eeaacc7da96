import { assert } from '@checkout/kernel';
import type { Saga } from '@checkout/saga';
import { checkout } from './checkout.saga.ts';
import type { Start } from './start-message.ts';

/**
 * Every declaration that a sale under way may have begun with. A deployment that changes the steps adds one with the next version; the old one stays until the
 * last sale that began with it has ended, because places in it are what the table holds.
 */
const declarations: readonly Saga<Start>[] = [checkout];

/** What new sales begin with. */
export const current: Saga<Start> = checkout;

/** @throws when this process is older than the sale: a newer one will go on with it */
export function sagaOf(version: number): Saga<Start> {
  const found = declarations.find((declaration) => declaration.version === version);
  assert(found, `no declaration of the checkout saga has version ${version}`);
  return found;
}
