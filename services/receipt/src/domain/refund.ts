import type { checkout, http, refund as contract, SaleLine } from '@checkout/contracts';
import { givenBackWith, nothingGivenBack, saleTotalsOf, type CommandId, type GivenBack, type LineTotals, type MoneyPart, type RefundId, type SaleId, type SaleTotals, type ShiftId, type StoreId, type TaxMode, type TenantId, type TillId } from '@checkout/kernel';
import type { Receipt } from './receipt.ts';

/** What a refund is about: what comes back, what it comes to, and by which way the money goes. It never changes but for `parts`, which say in the end how it went. */
export interface RefundDocument {
  readonly currency: string;
  readonly taxMode: TaxMode;
  readonly lines: readonly contract.RefundLine[];
  readonly parts: readonly MoneyPart[];
  readonly reason: string;
  readonly shiftId?: ShiftId | undefined;
}

/** Its paper, numbered from 1 without gaps for each store in a series of its own. */
export interface CreditNote {
  readonly series: string;
  readonly number: number;
  readonly issuedAt: string;
}

/**
 * One return of goods and money. From the moment it is accepted it holds what it takes of the sale, so that no other refund takes the same; declined, it
 * holds nothing any more.
 */
export interface Refund {
  readonly tenantId: TenantId;
  readonly storeId: StoreId;
  readonly saleId: SaleId;
  readonly refundId: RefundId;
  readonly commandId: CommandId;
  readonly tillId: TillId;
  readonly bodyHash: string;
  /** Of the sale. */
  readonly receiptNumber: string;
  readonly totalMinor: number;
  readonly state: 'accepted' | 'completed' | 'declined';
  readonly document: RefundDocument;
  readonly creditNote?: CreditNote;
  /** With `declined`. */
  readonly because?: checkout.Reason;
  /** Milliseconds since 1970. */
  readonly acceptedAt: number;
  readonly endedAt?: number;
}

/** All refunds of one sale. `version` guards them together: two that want the same goods cannot both be written. 0: there is none yet. */
export interface RefundsOfSale {
  readonly version: number;
  readonly refunds: readonly Refund[];
}

export const noRefunds: RefundsOfSale = { version: 0, refunds: [] };

const holding = ({ refunds }: RefundsOfSale): readonly Refund[] => refunds.filter(({ state }) => state !== 'declined');

/** What has come back of one line of the receipt, counted from 1. */
export const givenBackOf = (of: RefundsOfSale, line: number): GivenBack =>
  holding(of).flatMap(({ document }) => document.lines).filter((each) => each.line === line).reduce((sum, { quantity, ...totals }) => givenBackWith(sum, quantity, totals), nothingGivenBack);

export const moneyGivenBack = (of: RefundsOfSale): readonly MoneyPart[] => holding(of).flatMap(({ document }) => document.parts);

/** What came back, added up as a receipt adds up what was sold. */
export const totalsOf = ({ lines }: Pick<RefundDocument, 'lines'>): SaleTotals => saleTotalsOf(lines.map(({ taxRateBp, netMinor, taxMinor, grossMinor }): LineTotals & { taxRateBp: number } => ({ taxRateBp, netMinor, taxMinor, grossMinor })));

export const amountVia = (parts: readonly MoneyPart[], via: MoneyPart['via']): number => parts.reduce((sum, part) => (part.via === via ? sum + part.amountMinor : sum), 0);

/** A receipt as a refund begins with it. */
export function refundable({ saleId, issuedAt, document }: Receipt, receiptNumber: string, of: RefundsOfSale, windowMs: number): http.RefundableView {
  return {
    saleId, receiptNumber, issuedAt, currency: document.currency, taxMode: document.taxMode,
    lines: document.lines.map((line: SaleLine, index) => ({ ...line, line: index + 1, givenBack: givenBackOf(of, index + 1) })),
    tenders: document.tenders.map(({ type, amountMinor }) => ({ type, amountMinor })),
    givenBack: [...moneyGivenBack(of)],
    refundableUntil: new Date(Date.parse(issuedAt) + windowMs).toISOString(),
  };
}
