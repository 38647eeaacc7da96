import type { Principal } from '@checkout/auth';
import type { StoreId } from '@checkout/kernel';
import { acme, leeds } from '../testing.ts';
import { maySee } from './callers.ts';

const caller = (roles: Principal['roles'], storeId?: StoreId): Principal => ({ tenantId: acme, subject: 'somebody', roles, ...(storeId && { storeId }) });
const ofLeeds = { storeId: leeds };

describe('what belongs to a store', () => {
  it.each([
    ['its own till', caller(['till'], leeds)],
    ['its own staff', caller(['back-office'], leeds)],
    ['staff of the whole tenant', caller(['back-office'])],
  ])('is seen by %s', (_, who) => {
    expect(maySee(who, ofLeeds)).toBe(true);
  });

  it.each([
    ['a till of another store', caller(['till'], 'YORK-01' as StoreId)],
    ['staff of another store', caller(['back-office'], 'YORK-01' as StoreId)],
    ['a till whose token names no store', caller(['till'])],
  ])('is not seen by %s', (_, who) => {
    expect(maySee(who, ofLeeds)).toBe(false);
  });
});
