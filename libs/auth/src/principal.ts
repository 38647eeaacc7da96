import type { StoreId, TenantId, TillId } from '@checkout/kernel';

/**
 * `till`: a point of sale device. `back-office`: a merchant's staff and systems. `sre`: who operates the product; `sre-reader` looks on, and
 * `sre-approver` is the second person where money can move. `platform` operates it for every tenant, and does so in one of the other roles.
 */
export const roles = ['till', 'back-office', 'sre', 'sre-reader', 'sre-approver', 'platform'] as const;

export type Role = (typeof roles)[number];

/** Who is asking, as the identity provider vouches for it. Nothing in a request's body or path can change it. */
export interface Principal {
  readonly tenantId: TenantId;
  readonly subject: string;
  /** Set for tills, and for staff of one store. Without it the principal speaks for every store of the tenant. */
  readonly storeId?: StoreId;
  readonly tillId?: TillId;
  readonly roles: readonly Role[];
}
