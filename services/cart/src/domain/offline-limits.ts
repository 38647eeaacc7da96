import type { http } from '@checkout/contracts';
import { hours, type StoreId, type TenantId, type TillId } from '@checkout/kernel';

/**
 * What a till may take on cards while it cannot ask whether they are good; cash has no limit, because it is in the drawer. The same hundred, whatever
 * the currency calls it: a store of another kind of money needs limits of its own before it sells alone.
 */
export const limits = { perSaleMinor: 5_000, sumMinor: 150_000, count: 200, ageMs: hours(24) } as const;

/** How long a till may go by what it was told last: longer than a weekend, and not for ever once a till is stolen. */
export const validForMs = hours(72);

export interface OfTill {
  readonly tenantId: TenantId;
  readonly storeId: StoreId;
  readonly tillId: TillId;
  readonly currency: string;
}

/** The claims that are signed. @param now milliseconds since 1970 */
export const limitsOf = ({ tenantId, storeId, tillId, currency }: OfTill, now: number): http.OfflineLimits => ({
  aud: 'till', tenant: tenantId, store: storeId, sub: tillId, currency, ...limits,
  iat: Math.floor(now / 1_000), exp: Math.floor((now + validForMs) / 1_000),
});
