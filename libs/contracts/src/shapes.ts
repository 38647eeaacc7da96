import { maxMinor } from '@checkout/kernel';
import type * as kernel from '@checkout/kernel';
import { z } from 'zod';

/** The field's nouns, as they look wherever they enter the system: over HTTP, from the bus, from a table. */
const id = <T extends string>(pattern: RegExp, what: string) =>
  z.string().regex(pattern, { error: `is not ${what}` }) as unknown as z.ZodType<T, string>;

export const TenantId = id<kernel.TenantId>(/^[a-z0-9][a-z0-9-]{0,39}$/, 'a tenant id (lower case letters, digits, hyphens; at most 40)');
export const StoreId = id<kernel.StoreId>(/^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/, 'a store id (letters, digits, hyphens; at most 40)');
export const TillId = id<kernel.TillId>(/^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/, 'a till id (letters, digits, hyphens; at most 40)');
export const Sku = id<kernel.Sku>(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, 'a SKU (letters, digits, dot, hyphen, underscore; at most 40)');

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
export const CommandId = id<kernel.CommandId>(uuid, 'a lower-case UUID');
export const SaleId = id<kernel.SaleId>(uuid, 'a lower-case UUID');
export const RefundId = id<kernel.RefundId>(uuid, 'a lower-case UUID');
/** The time between the opening and the closing of a till's drawer: whose cash it is. */
export const ShiftId = id<kernel.ShiftId>(/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/, 'a shift id (letters, digits, hyphens; at most 64)');

export const Currency = z.string().regex(/^[A-Z]{3}$/, { error: 'is not an ISO 4217 code in upper case' });
/** Whole minor units, never negative: what a shelf, a tender or a receipt can show. */
export const Amount = z.int().min(0).max(maxMinor);
/** Pieces of one article in one line. */
export const Quantity = z.int().min(1).max(999);
export const TaxRateBp = z.int().min(0).max(10_000);
export const TaxMode = z.enum(['inclusive', 'exclusive']);
/** RFC 3339 in UTC. */
export const Instant = z.iso.datetime();
export const Barcode = z.string().regex(/^[0-9]{8,14}$/, { error: 'is not a barcode of 8 to 14 digits' });
/** The provider's token for a card. Anything that could be a card number does not fit. */
export const CardToken = z.string().regex(/^tok_[A-Za-z0-9_]{1,60}$/, { error: 'is not a card token (tok_…); card numbers are never accepted' });
/** Text that people read: no control characters, no lone surrogates, and no longer than the column behind it, which counts an emoji as two. */
export const Text = (maxLength: number) =>
  z.string().min(1).max(maxLength).regex(/^[^\p{Cc}\p{Cs}]+$/u, { error: 'contains control characters' }).check(fitsColumn(maxLength));

/** `max` counts code points, SQL Server's NVARCHAR counts UTF-16 units. */
const fitsColumn = (maxLength: number) => ({ value, issues }: { readonly value: string; readonly issues: unknown[] }): void => {
  if (value.length > maxLength && issues.length === 0) issues.push({ code: 'too_big', origin: 'string', maximum: maxLength, inclusive: true, input: value });
};

/** Most lines that one sale may have. */
export const maxLines = 500;
/** Most means of payment that one sale may be split over. */
export const maxTenders = 10;

/** A line as it was priced when it was sold; prices are never looked up again afterwards. */
export const SaleLine = z.strictObject({
  sku: Sku,
  description: Text(80),
  quantity: Quantity,
  unitPriceMinor: Amount,
  taxRateBp: TaxRateBp,
});
export type SaleLine = z.output<typeof SaleLine>;

export const CardTender = z.strictObject({ type: z.literal('card'), amountMinor: Amount, cardToken: CardToken });
/** `tenderedMinor` is what the customer handed over; what exceeds the amount is the change. */
export const CashTender = z.strictObject({ type: z.literal('cash'), amountMinor: Amount, tenderedMinor: Amount });
export const Tender = z.discriminatedUnion('type', [CardTender, CashTender]);
export type Tender = z.output<typeof Tender>;

/** SHA-256 in base64url. */
export const RequestHash = z.string().regex(/^[A-Za-z0-9_-]{43}$/, { error: 'is not a SHA-256 in base64url' });
/** Says that the prices are those of a dated copy of the catalogue, because the catalogue itself could not be read. */
export const PricedFrom = z.strictObject({ snapshotAt: Instant });
export type PricedFrom = z.output<typeof PricedFrom>;

/** What is not as it should be about a sale that had left the shop before the server heard of it. Flags are added, never renamed. */
export const SaleFlag = z.enum(['article-unknown', 'price-changed', 'currency-differs', 'store-unknown', 'over-limit', 'too-old', 'clock-wrong']);
export type SaleFlag = z.output<typeof SaleFlag>;
/** The goods had gone, on a provisional receipt of the till's, before the server heard of the sale: it is taken as it was sold, and what is wrong with it is flagged. */
export const LeftShop = z.strictObject({
  /** By the till's clock: a claim. */
  soldAt: Instant,
  provisionalNumber: Text(60),
  flags: z.array(SaleFlag).max(SaleFlag.options.length),
});
export type LeftShop = z.output<typeof LeftShop>;

/** Every message says whose sale it speaks of; the tenant must equal the envelope's. */
export const ofSale = { tenantId: TenantId, storeId: StoreId, saleId: SaleId };
/** And of which of its refunds. */
export const ofRefund = { ...ofSale, refundId: RefundId };
