import { AuthError, type Principal } from '@checkout/auth';
import { CommandId, SaleId, Sku } from '@checkout/contracts';
import { Problem } from '@checkout/http';
import type * as kernel from '@checkout/kernel';
import type { z } from 'zod';

/** The store that a till's token is for. @throws AuthError store-mismatch */
export function storeOf({ storeId }: Principal): kernel.StoreId {
  if (storeId === undefined) throw new AuthError('store-mismatch', 'the token is for no store');
  return storeId;
}

/** The till that a token is for. @throws AuthError store-mismatch */
export function tillOf({ tillId }: Principal): kernel.TillId {
  if (tillId === undefined) throw new AuthError('store-mismatch', 'the token is for no till');
  return tillId;
}

/**
 * Whether the caller may see what belongs to a store; a till without a store may see nothing. What is not for them is told as not found, so
 * that ids cannot be tried out.
 */
export const maySee = ({ storeId, roles }: Principal, of: { readonly storeId: kernel.StoreId }): boolean =>
  storeId === undefined ? !roles.includes('till') : storeId === of.storeId;

const inPath = <T>(schema: z.ZodType<T>) => (text: string): T => {
  const parsed = schema.safeParse(text);
  if (!parsed.success) throw new Problem('not-found');
  return parsed.data;
};

/** Ids in an address: one that cannot be an id is one that nothing has. @throws Problem not-found */
export const commandIdIn = inPath(CommandId);
export const basketIdIn = inPath(SaleId);
export const parkedIdIn = inPath(SaleId);
export const skuIn = inPath(Sku);

/** The command that an idempotency key names. @throws Problem idempotency-key-invalid */
export function commandIdOf(key: string): kernel.CommandId {
  const parsed = CommandId.safeParse(key);
  if (!parsed.success) throw new Problem('idempotency-key-invalid', { detail: 'The key is the command id: a UUID in lower case.' });
  return parsed.data;
}
