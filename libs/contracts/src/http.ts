import { z } from 'zod';
import { Reason } from './checkout.ts';
import { RefundLine, RefundPart, ReturnedGoods } from './refund.ts';
import { Amount, Barcode, CardTender, CashTender, CommandId, Currency, Instant, maxLines, maxTenders, PricedFrom, Quantity, RefundId, RequestHash, SaleId, SaleLine, ShiftId, Sku, StoreId, TaxMode, TaxRateBp, Text, TillId } from './shapes.ts';

/** What tills and the back office say over HTTP. */

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
}).refine(({ basketId, lines }) => (basketId === undefined) !== (lines === undefined), { error: 'give either basketId or lines', path: ['lines'] });
export type CheckoutBody = z.output<typeof CheckoutBody>;

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
