import { z } from 'zod';
import { Reason, Shortage } from './checkout.ts';
import { RefundLine, RefundPart, ReturnedGoods } from './refund.ts';
import { Amount, Barcode, CardTender, CashTender, CommandId, Currency, Instant, LeftShop, maxLines, maxTenders, PricedFrom, Quantity, RefundId, RequestHash, SaleFlag, SaleId, SaleLine, ShiftId, Sku, StoreId, TaxMode, TaxRateBp, TenantId, Text, TillId } from './shapes.ts';

/** What tills and the back office say over HTTP. */

/** A sale as a till made it alone. */
export const SoldAlone = z.strictObject({
  soldAt: Instant,
  provisionalNumber: Text(60),
  taxMode: TaxMode,
  /** As they were priced at the till. */
  lines: z.array(SaleLine).min(1).max(maxLines),
});
export type SoldAlone = z.output<typeof SoldAlone>;

export const CheckoutBody = z.strictObject({
  /** Either a basket that was filled at cart, or the lines themselves. */
  basketId: SaleId.optional(),
  lines: z.array(z.strictObject({ sku: Sku, quantity: Quantity })).min(1).max(maxLines).optional(),
  currency: Currency,
  /** What the till shows the customer. It must equal what the catalogue says, or nothing is sold. */
  totalMinor: Amount,
  tenders: z.array(z.discriminatedUnion('type', [CardTender, CashTender])).min(1).max(maxTenders),
  /** The till's own clock, kept as a claim; the server's clock decides. */
  requestedAt: Instant.optional(),
  /** The till's shift. */
  shiftId: ShiftId.optional(),
  /** The goods have gone on a provisional receipt. The sale is then taken as it was sold, whatever the catalogue says by now. It may be added to a command that was sent without it. */
  leftShop: SoldAlone.optional(),
}).refine(({ basketId, lines }) => (basketId === undefined) !== (lines === undefined), { error: 'give either basketId or lines', path: ['lines'] })
  .refine(({ leftShop, lines }) => leftShop === undefined || lines !== undefined, { error: 'is for a sale of lines', path: ['leftShop'] })
  // The command's fingerprint holds its lines and not the mark: what is told of the goods afterwards must be about the same goods.
  .refine(({ leftShop, lines }) => leftShop === undefined || lines === undefined || isSameGoods(leftShop.lines, lines), { error: 'are not the goods of the lines', path: ['leftShop', 'lines'] });
export type CheckoutBody = z.output<typeof CheckoutBody>;

type Pieces = readonly { readonly sku: z.output<typeof Sku>; readonly quantity: number }[];

/** Whether two lists name the same pieces, however they are spread over lines. */
function isSameGoods(some: Pieces, others: Pieces): boolean {
  const left = new Map<string, number>();
  for (const { sku, quantity } of some) left.set(sku, (left.get(sku) ?? 0) + quantity);
  for (const { sku, quantity } of others) left.set(sku, (left.get(sku) ?? 0) - quantity);
  return [...left.values()].every((quantity) => quantity === 0);
}

export const CheckoutState = z.enum(['accepted', 'needs-attention', 'completed', 'declined', 'rejected', 'cancelled']);
export type CheckoutState = z.output<typeof CheckoutState>;

export const AcceptedVia = z.enum(['sql', 'bus']);
export type AcceptedVia = z.output<typeof AcceptedVia>;

/** How one checkout stands: what happened, whether money moved, what to do. */
export const CheckoutStatus = z.strictObject({
  checkoutId: CommandId,
  saleId: SaleId,
  state: CheckoutState,
  /** `no`: nothing was taken. `yes`: the sale is paid. `unknown`: being settled; do not charge again. */
  moneyMoved: z.enum(['no', 'yes', 'unknown']),
  /** What the person at the till should do now. */
  action: z.string(),
  reason: Reason.optional(),
  currency: Currency,
  totalMinor: Amount,
  changeMinor: Amount.optional(),
  receiptNumber: z.string().optional(),
  /** By which route it was accepted. Both are durable, and lead to the same sale. */
  acceptedVia: AcceptedVia,
  pricedFrom: PricedFrom.optional(),
  links: z.strictObject({ self: z.string(), events: z.string(), receipt: z.string().optional() }),
  acceptedAt: Instant,
  endedAt: Instant.optional(),
});
export type CheckoutStatus = z.output<typeof CheckoutStatus>;

export const AddLineBody = z.strictObject({ sku: Sku.optional(), barcode: Barcode.optional(), quantity: Quantity.default(1) })
  .refine(({ sku, barcode }) => (sku === undefined) !== (barcode === undefined), { error: 'give either sku or barcode', path: ['sku'] });
export const ChangeLineBody = z.strictObject({ quantity: z.int().min(0).max(999) });

const Totals = { netMinor: Amount, taxMinor: Amount, grossMinor: Amount };
export const BasketView = z.strictObject({
  basketId: SaleId,
  state: z.enum(['open', 'checked-out']),
  currency: Currency,
  taxMode: TaxMode,
  lines: z.array(SaleLine),
  ...Totals,
  taxes: z.array(z.strictObject({ taxRateBp: TaxRateBp, ...Totals })),
});
export type BasketView = z.output<typeof BasketView>;

export const Store = z.strictObject({ storeId: StoreId, name: Text(80), currency: Currency, taxMode: TaxMode });
export type Store = z.output<typeof Store>;

export const Product = z.strictObject({ sku: Sku, barcode: Barcode.optional(), description: Text(80), unitPriceMinor: Amount, taxRateBp: TaxRateBp });
export type Product = z.output<typeof Product>;
/** A page of the catalogue, as the back office loads it. Prices are the tenant's, for all stores. */
export const CatalogueBody = z.strictObject({ products: z.array(Product).min(1).max(1_000) });
/** What a till keeps of the catalogue, so that it can sell alone: its own store, and the products in the order of their SKUs. `next` asks for the page after this one. */
export const CataloguePage = z.strictObject({ store: Store, products: z.array(Product), next: Sku.optional() });
export type CataloguePage = z.output<typeof CataloguePage>;
export const StoresBody = z.strictObject({ stores: z.array(Store).min(1).max(200) });

/** Goods arrived at a store. The delivery id makes a repeat harmless. */
export const DeliveryBody = z.strictObject({
  deliveryId: Text(64),
  storeId: StoreId,
  lines: z.array(z.strictObject({ sku: Sku, quantity: z.int().min(1).max(1_000_000) })).min(1).max(2_000),
});
export type DeliveryBody = z.output<typeof DeliveryBody>;
export const StockLevelView = z.strictObject({ sku: Sku, onHand: z.int(), reserved: z.int(), available: z.int() });

export const ReceiptView = z.strictObject({
  saleId: SaleId,
  commandId: CommandId,
  receiptNumber: z.string(),
  storeId: StoreId,
  tillId: TillId,
  issuedAt: Instant,
  currency: Currency,
  taxMode: TaxMode,
  lines: z.array(SaleLine),
  taxes: z.array(z.strictObject({ taxRateBp: TaxRateBp, ...Totals })),
  ...Totals,
  tenders: z.array(z.strictObject({ type: z.enum(['card', 'cash']), amountMinor: Amount, tenderedMinor: Amount })),
  changeMinor: Amount,
  pricedFrom: PricedFrom.optional(),
  shiftId: ShiftId.optional(),
  leftShop: LeftShop.optional(),
});
export type ReceiptView = z.output<typeof ReceiptView>;

/** One entry of a sale's time line. */
export const TimelineEntry = z.strictObject({ sequence: z.int(), at: Instant, event: z.string(), step: z.string().optional(), detail: z.string().optional() });
export type TimelineEntry = z.output<typeof TimelineEntry>;

/** How the orchestrator sees one sale: what cart tells a till while its own database cannot. */
export const SaleView = z.strictObject({
  saleId: SaleId,
  commandId: CommandId,
  storeId: StoreId,
  tillId: TillId,
  currency: Currency,
  totalMinor: Amount,
  phase: z.enum(['forward', 'backward', 'completed', 'cancelled']),
  requestHash: RequestHash.optional(),
  pricedFrom: PricedFrom.optional(),
  acceptedVia: AcceptedVia,
  requestedAt: Instant,
  /** Why a person has to look, while one has to. For operators: a till is told only that it is so. */
  needsAttention: z.string().optional(),
  /** With `completed`. */
  receiptNumber: z.string().optional(),
  changeMinor: Amount.optional(),
  /** With `cancelled`. */
  reason: Reason.optional(),
  endedAt: Instant.optional(),
});
export type SaleView = z.output<typeof SaleView>;

/** What a till asks for when goods come back. The sale is one of its own store; its lines are those of the receipt, counted from 1. */
export const RefundBody = z.strictObject({
  saleId: SaleId,
  /** A line once for each fate of its goods. */
  lines: z.array(z.strictObject({ line: z.int().min(1).max(maxLines), quantity: Quantity, goods: ReturnedGoods })).min(1).max(maxLines),
  /** `original`: to the cards that paid, then cash; `cash`: all out of the drawer. */
  moneyBack: z.enum(['original', 'cash']).default('original'),
  /** What the till tells the customer. It must equal what the lines come to, or nothing is refunded. */
  totalMinor: Amount,
  /** Why the goods come back, for the store's books. */
  reason: Text(200),
  /** Whose drawer the cash comes out of. */
  shiftId: ShiftId.optional(),
});
export type RefundBody = z.output<typeof RefundBody>;

export const RefundState = z.enum(['accepted', 'needs-attention', 'completed', 'declined']);
export type RefundState = z.output<typeof RefundState>;

/** How one refund stands: what happened, whether money moved, what to do. */
export const RefundStatus = z.strictObject({
  commandId: CommandId,
  refundId: RefundId,
  saleId: SaleId,
  state: RefundState,
  /** `no`: nothing went back. `yes`: it did. `unknown`: being settled; do not refund again. */
  moneyMoved: z.enum(['no', 'yes', 'unknown']),
  /** What the person at the till should do now. */
  action: z.string(),
  reason: Reason.optional(),
  currency: Currency,
  totalMinor: Amount,
  /** Of the total, what goes back to cards and what is handed over; as planned until it is done. */
  cardMinor: Amount,
  cashMinor: Amount,
  creditNoteNumber: z.string().optional(),
  links: z.strictObject({ self: z.string(), events: z.string(), creditNote: z.string().optional() }),
  acceptedAt: Instant,
  endedAt: Instant.optional(),
});
export type RefundStatus = z.output<typeof RefundStatus>;

/** A receipt as a refund begins with it: what was sold, and what has come back of it, refunds under way included. */
export const RefundableView = z.strictObject({
  saleId: SaleId,
  receiptNumber: z.string(),
  issuedAt: Instant,
  currency: Currency,
  taxMode: TaxMode,
  lines: z.array(z.strictObject({ ...SaleLine.shape, line: z.int(), givenBack: z.strictObject({ quantity: z.int().min(0), taxMinor: Amount, grossMinor: Amount }) })),
  tenders: z.array(z.strictObject({ type: z.enum(['card', 'cash']), amountMinor: Amount })),
  /** What has gone back of the tenders. */
  givenBack: z.array(RefundPart),
  /** Until when the sale can be refunded. */
  refundableUntil: Instant,
});
export type RefundableView = z.output<typeof RefundableView>;

export const CreditNoteView = z.strictObject({
  refundId: RefundId,
  saleId: SaleId,
  commandId: CommandId,
  creditNoteNumber: z.string(),
  receiptNumber: z.string(),
  storeId: StoreId,
  tillId: TillId,
  issuedAt: Instant,
  currency: Currency,
  taxMode: TaxMode,
  lines: z.array(RefundLine),
  taxes: z.array(z.strictObject({ taxRateBp: TaxRateBp, ...Totals })),
  ...Totals,
  parts: z.array(RefundPart),
  reason: Text(200),
});
export type CreditNoteView = z.output<typeof CreditNoteView>;

/** How the orchestrator sees one refund. */
export const RefundView = z.strictObject({
  refundId: RefundId,
  saleId: SaleId,
  storeId: StoreId,
  phase: z.enum(['forward', 'backward', 'completed', 'cancelled']),
  /** Why a person has to look, while one has to. */
  needsAttention: z.string().optional(),
});
export type RefundView = z.output<typeof RefundView>;

/** Puts a basket aside for another till of the store. */
export const ParkBody = z.strictObject({ name: Text(40).optional(), currency: Currency, lines: z.array(SaleLine).min(1).max(maxLines) });
export type ParkBody = z.output<typeof ParkBody>;
/** A basket that waits for its customer. Prices are those of the moment it was parked. */
export const ParkedSale = z.strictObject({
  parkedId: SaleId,
  /** What is called out: of its store, free again once it has been taken up. */
  number: z.int().min(1),
  name: Text(40).optional(),
  tillId: TillId,
  currency: Currency,
  totalMinor: Amount,
  lines: z.array(SaleLine),
  parkedAt: Instant,
  expiresAt: Instant,
  /** Who has it now; absent while it waits. */
  takenBy: TillId.optional(),
  takenAt: Instant.optional(),
});
export type ParkedSale = z.output<typeof ParkedSale>;
export const ParkedSales = z.strictObject({ parkedSales: z.array(ParkedSale) });

/** What a till may take on cards while it cannot ask, as a compact JWS (ES256) over {@link OfflineLimits}. */
export const SignedLimits = z.strictObject({ limits: z.string() });
/** The keys that sign limits, as a JSON Web Key Set: the public parts. */
export const LimitsKeys = z.strictObject({ keys: z.array(z.strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string(), kid: z.string(), alg: z.literal('ES256'), use: z.literal('sig') })) });
export type LimitsKeys = z.output<typeof LimitsKeys>;
/** The claims of signed limits. Amounts in minor units of the store's currency; times in seconds since 1970, as JWTs have them. */
export const OfflineLimits = z.object({
  aud: z.literal('till'),
  tenant: TenantId,
  store: StoreId,
  sub: TillId,
  currency: Currency,
  perSaleMinor: Amount,
  sumMinor: Amount,
  count: z.int().min(0),
  /** Of the oldest card sale that has not been confirmed. */
  ageMs: z.int().min(0),
  iat: z.int(),
  exp: z.int(),
});
export type OfflineLimits = z.output<typeof OfflineLimits>;

/** A sale that had left the shop before the server heard of it. */
export const OfflineSale = z.strictObject({
  commandId: CommandId,
  saleId: SaleId,
  storeId: StoreId,
  tillId: TillId.optional(),
  provisionalNumber: z.string(),
  soldAt: Instant,
  acceptedAt: Instant,
  currency: Currency,
  totalMinor: Amount,
  state: CheckoutState,
  flags: z.array(z.union([SaleFlag, z.enum(['out-of-stock', 'not-sold', 'number-repeated'])])),
  shortages: z.array(Shortage).optional(),
});
export type OfflineSale = z.output<typeof OfflineSale>;
export const OfflineSales = z.strictObject({ sales: z.array(OfflineSale), next: z.string().optional() });

/** Money that is counted, and money that is only claimed: may be less than nothing. */
const Balance = z.int().min(-Number.MAX_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER);
const reason = Text(120);

/** Why a sale could not be finished before the shift was closed. */
export const CarriedOver = z.strictObject({
  commandId: CommandId,
  provisionalNumber: Text(60),
  totalMinor: Amount,
  why: z.enum(['unsent', 'under-way', 'unknown', 'needs-person']),
});
export type CarriedOver = z.output<typeof CarriedOver>;

/** What a shift came to, by whoever added it up. */
export const ShiftFigures = z.strictObject({
  sales: z.int().min(0),
  grossMinor: Balance,
  taxes: z.array(z.strictObject({ taxRateBp: TaxRateBp, netMinor: Balance, taxMinor: Balance, grossMinor: Balance })),
  tenders: z.array(z.strictObject({ type: z.enum(['card', 'cash']), count: z.int().min(0), amountMinor: Balance })),
  cashInMinor: Balance,
  cashOutMinor: Balance,
  /** What was given back in the shift, and what of it in cash. */
  refunds: z.strictObject({ count: z.int().min(0), grossMinor: Balance, cashMinor: Balance }).optional(),
  /** Float, cash sales and cash in, less cash out and cash given back: what should lie in the drawer. */
  expectedCashMinor: Balance,
});
export type ShiftFigures = z.output<typeof ShiftFigures>;

/** One thing that happened to a drawer, as the till's journal has it. */
export const ShiftEntry = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('opened'), shiftId: ShiftId, currency: Currency, floatMinor: Amount, at: Instant }),
  z.strictObject({ kind: z.literal('cash-moved'), shiftId: ShiftId, currency: Currency, direction: z.enum(['in', 'out']), amountMinor: Amount, reason, at: Instant }),
  z.strictObject({
    kind: z.literal('closed'),
    shiftId: ShiftId,
    /** Of this till, from 1, without gaps. */
    tillReportNumber: z.int().min(1),
    currency: Currency,
    countedMinor: Amount,
    coins: z.array(z.strictObject({ valueMinor: Amount, count: z.int().min(0).max(1_000_000) })).max(40).optional(),
    /** As the till added it up, alone. */
    figures: ShiftFigures,
    carriedOver: z.array(CarriedOver).max(500),
    at: Instant,
  }),
]);
export type ShiftEntry = z.output<typeof ShiftEntry>;

/** A shift as the server knows it, by what has reached it so far. */
export const ShiftView = z.strictObject({
  shiftId: ShiftId,
  storeId: StoreId,
  tillId: TillId,
  state: z.enum(['open', 'closed']),
  currency: Currency,
  openedAt: Instant.optional(),
  closedAt: Instant.optional(),
  /** Of the store, from 1, without gaps: `Z-000042`. */
  reportNumber: z.string().optional(),
  tillReportNumber: z.int().optional(),
  floatMinor: Amount,
  figures: ShiftFigures,
  countedMinor: Amount.optional(),
  /** Counted less expected; less than nothing when money is missing. */
  differenceMinor: Balance.optional(),
  /** What the till added up when it closed. */
  told: ShiftFigures.optional(),
  /** Sales that the till could not finish before it closed, and whether they have come since. */
  carriedOver: z.array(z.strictObject({ ...CarriedOver.shape, hasArrived: z.boolean() })),
  flags: z.array(z.enum(['never-opened', 'report-number-repeated', 'report-number-skipped', 'differs-from-till'])),
});
export type ShiftView = z.output<typeof ShiftView>;
export const ShiftList = z.strictObject({ shifts: z.array(ShiftView.omit({ figures: true, carriedOver: true, differenceMinor: true, told: true })) });
