import { assert } from '@checkout/kernel';
import type { Saga } from '@checkout/saga';
import { checkout } from './checkout.saga.ts';
import { refund } from './refund.saga.ts';
import type { RefundStart } from './refund-start.ts';
import type { Start } from './start-message.ts';

/**
 * Every declaration that a sale under way may have begun with. A deployment that changes the steps adds one with the next version; the old one stays until the
 * last sale that began with it has ended, because places in it are what the table holds.
 */
const declarations: readonly Saga<Start>[] = [checkout];
const refundDeclarations: readonly Saga<RefundStart>[] = [refund];

/** What new sales begin with. */
export const current: Saga<Start> = checkout;
export const currentRefund: Saga<RefundStart> = refund;

/** @throws when this process is older than the sale: a newer one will go on with it */
export const sagaOf = (version: number): Saga<Start> => withVersion(declarations, version);

/** As {@link sagaOf}. */
export const refundSagaOf = (version: number): Saga<RefundStart> => withVersion(refundDeclarations, version);

function withVersion<Data>(known: readonly Saga<Data>[], version: number): Saga<Data> {
  const found = known.find((declaration) => declaration.version === version);
  assert(found, `no declaration of the ${known[0]?.name} saga has version ${version}`);
  return found;
}
