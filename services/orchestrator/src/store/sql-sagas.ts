import type { RefundId, SaleId, TenantId } from '@checkout/kernel';
import type { Load, Store } from '@checkout/messaging';
import { join, type Sql } from '@checkout/sql';
import type { Checkouts, Need, RefundNeed, Refunds } from '../application/ports.ts';
import type { Change, Checkout } from '../domain/checkout.ts';
import type { RefundChange, RefundRun } from '../domain/refund.ts';
import { SqlCheckouts, type Loaded } from './sql-checkouts.ts';
import { SqlRefunds, type LoadedRefunds } from './sql-refunds.ts';

export type AnyNeed = Need | RefundNeed;
export type AnyChange = Change | RefundChange;

export const isRefund = (change: AnyChange): change is RefundChange => 'refundId' in change.after;
export const isCheckout = (change: AnyChange): change is Change => !isRefund(change);
const isOfRefund = (need: AnyNeed): need is RefundNeed => 'refundId' in need;
const isOfSale = (need: AnyNeed): need is Need => !isOfRefund(need);

/** What one batch looks at: sales, and refunds if there are any. */
class Sagas implements Checkouts, Refunds {
  readonly checkouts: Loaded;
  readonly refunds: LoadedRefunds;

  constructor(checkouts: Loaded, refunds: LoadedRefunds) {
    this.checkouts = checkouts;
    this.refunds = refunds;
  }

  find(tenantId: TenantId, saleId: SaleId): Checkout | undefined {
    return this.checkouts.find(tenantId, saleId);
  }

  findRefund(tenantId: TenantId, refundId: RefundId): RefundRun | undefined {
    return this.refunds.findRefund(tenantId, refundId);
  }
}

/** Both kinds of saga, for the one pipeline of the service: messages about both may be in one batch. */
export class SqlSagas implements Store<AnyNeed, Sagas, AnyChange> {
  readonly #checkouts = new SqlCheckouts();
  readonly #refunds = new SqlRefunds();

  load(needs: readonly AnyNeed[]): Load<Sagas> {
    const checkouts = this.#checkouts.load(needs.filter(isOfSale));
    const refunds = this.#refunds.load(needs.filter(isOfRefund));
    const parts = [checkouts, refunds].filter(({ recordsets }) => recordsets.length > 0);
    return {
      select: join(parts.map(({ select }) => select)),
      recordsets: parts.flatMap(({ recordsets }) => recordsets),
      isFromMemory: checkouts.isFromMemory ?? false,
      toRows: (rows) => new Sagas(checkouts.toRows(rows.slice(0, checkouts.recordsets.length)), refunds.toRows(rows.slice(checkouts.recordsets.length))),
    };
  }

  apply(sagas: Sagas, change: AnyChange): void {
    if (isRefund(change)) this.#refunds.apply(sagas.refunds, change);
    else this.#checkouts.apply(sagas.checkouts, change);
  }

  write(changes: readonly AnyChange[]): readonly Sql[] {
    return [...this.#checkouts.write(changes.filter(isCheckout)), ...this.#refunds.write(changes.filter(isRefund))];
  }

  forgetAll(): void {
    this.#checkouts.forgetAll();
  }
}
