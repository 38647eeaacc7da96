import type { StoreId, TenantId } from '@checkout/kernel';
import { assertStore, isGranted, permissionTable, Recent, type Principal } from './index.ts';

const who = (over: Partial<Principal>): Principal => ({ tenantId: 'acme' as TenantId, subject: 'x', roles: [], ...over });
const s1 = 's1' as StoreId;

it('lets a till sell and not administer', () => {
  const till = who({ roles: ['till'] });
  expect(isGranted(till, 'checkout:submit')).toBe(true);
  for (const permission of ['catalogue:write', 'stock:write', 'timeline:read', 'dead-letter:replay'] as const) expect(isGranted(till, permission)).toBe(false);
});

it('lets an operator replay and not sell', () => {
  expect(isGranted(who({ roles: ['sre'] }), 'dead-letter:replay')).toBe(true);
  expect(isGranted(who({ roles: ['sre'] }), 'checkout:submit')).toBe(false);
});

it('grants nothing without a role', () => {
  for (const permission of Object.values(permissionTable).flat()) expect(isGranted(who({}), permission)).toBe(false);
});

it('T15 keeps a till to its own store, and staff without a store to none', () => {
  expect(() => assertStore(who({ roles: ['till'], storeId: s1 }), 's1')).not.toThrow();
  expect(() => assertStore(who({ roles: ['back-office'] }), 's2')).not.toThrow();
  for (const principal of [who({ roles: ['till'], storeId: s1 }), who({ roles: ['till'] }), who({ roles: ['back-office'], storeId: s1 })]) {
    expect(() => assertStore(principal, 's2')).toThrow(expect.objectContaining({ code: 'store-mismatch' }));
  }
});

it('remembers what is used and forgets the rest', () => {
  const recent = new Recent<number>(10);
  for (let n = 0; n < 1_000; n++) {
    recent.set(`${n}`, n);
    recent.get('0');
  }
  expect(recent.get('0')).toBe(0);
  expect(recent.get('500')).toBeUndefined();
  expect(recent.count).toBeLessThanOrEqual(20);
});
