import { createHash } from 'node:crypto';

/**
 * Ids that cross services. They are plain strings at run time; the brand keeps a store from being passed where a till is meant.
 * Shapes are checked where they enter, by the contracts.
 */
declare const brand: unique symbol;
export type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

export type TenantId = Branded<string, 'TenantId'>;
export type StoreId = Branded<string, 'StoreId'>;
export type TillId = Branded<string, 'TillId'>;
export type Sku = Branded<string, 'Sku'>;
/** Made and kept by the till before it first sends; the identity of the whole sale. */
export type CommandId = Branded<string, 'CommandId'>;
export type SaleId = Branded<string, 'SaleId'>;
/** One return of goods and money, of one past sale. */
export type RefundId = Branded<string, 'RefundId'>;
/** One person's turn at one till, from opening the drawer to counting it. */
export type ShiftId = Branded<string, 'ShiftId'>;

/** Namespace of our name-based ids (a random UUID, fixed for ever: every sale id depends on it). */
const saleNamespace = Buffer.from('6f1c2a5e8d3b4c7f9a0e5b6d7c8f9a01', 'hex');

/**
 * The sale that a till's command makes. The same command, by whatever route and however often it arrives, is the same sale:
 * this is what lets two routes in meet in one unique key.
 *
 * A UUID version 8 (RFC 9562 §5.8): the time of a version 7 command id stays in front, so that the rows of today's sales lie together in
 * every index instead of all over it; the rest is a hash of tenant and command.
 */
export function saleIdOf(tenantId: TenantId, commandId: CommandId): SaleId {
  return madeBy(commandId, `${tenantId}/${commandId}`) as SaleId;
}

/** The refund that a till's command makes, in the same way; never the id of a sale, also when a till uses one command id for both. */
export const refundIdOf = (tenantId: TenantId, commandId: CommandId): RefundId => madeBy(commandId, `${tenantId}/refund/${commandId}`) as RefundId;

function madeBy(commandId: CommandId, name: string): string {
  const hashed = nameBasedUuid(name);
  const front = commandId.charAt(14) === '7' ? commandId.slice(0, 13) : hashed.slice(0, 13);
  return `${front}-8${hashed.slice(15)}`;
}

/** A name-based UUID, version 5 (RFC 9562 §5.5). */
export function nameBasedUuid(name: string): string {
  const hash = createHash('sha1').update(saleNamespace).update(name).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
