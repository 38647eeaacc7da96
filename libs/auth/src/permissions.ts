import type { Principal, Role } from './principal.ts';

/** Who may do what, in one table. A till never administers, and an operator never sells. */
const granted = {
  till: ['checkout:submit', 'checkout:read', 'checkout:cancel', 'refund:submit', 'receipt:read', 'catalogue:read'],
  'back-office': [
    'checkout:read', 'receipt:read', 'catalogue:read', 'catalogue:write', 'stock:read', 'stock:write',
    'refund:submit', 'timeline:read', 'subscription:read', 'subscription:write',
  ],
  sre: ['checkout:read', 'timeline:read', 'stock:read', 'dead-letter:read', 'dead-letter:replay', 'operations:read', 'operations:write'],
  'sre-reader': ['timeline:read', 'dead-letter:read', 'operations:read'],
  'sre-approver': ['timeline:read', 'dead-letter:read', 'dead-letter:approve', 'operations:read'],
  platform: ['dead-letter:all-tenants'],
} as const satisfies Record<Role, readonly string[]>;

export type Permission = (typeof granted)[Role][number];

const table = Object.fromEntries(Object.entries(granted).map(([role, permissions]) => [role, new Set<string>(permissions)])) as unknown as Readonly<Record<Role, ReadonlySet<string>>>;

export const isGranted = (principal: Principal, permission: Permission): boolean =>
  principal.roles.some((role) => table[role].has(permission));

/** Every permission there is, and the roles that have it: for documentation and for tests. */
export const permissionTable: Readonly<Record<Role, readonly Permission[]>> = granted;
