import type { Load, Store } from '@checkout/messaging';
import { join, type Sql } from '@checkout/sql';
import type { Change, Need } from '../application/ports.ts';
import { RefundBooks, type RefundChange, type RefundNeed } from '../application/refund-ports.ts';
import { SqlReceipts } from './sql-receipts.ts';
import { SqlRefunds } from './sql-refunds.ts';

export type AnyNeed = Need | RefundNeed;
export type AnyChange = Change | RefundChange;

const isOfRefund = (need: AnyNeed): need is RefundNeed => 'refundId' in need;
const isOfSale = (need: AnyNeed): need is Need => !isOfRefund(need);
const isRefund = (change: AnyChange): change is RefundChange => 'refund' in change;
const isReceipt = (change: AnyChange): change is Change => !isRefund(change);

/** Receipts and refunds, for the one pipeline of the service: messages about both may be in one batch. A batch without refunds reads and writes as if there were none. */
export class SqlPapers implements Store<AnyNeed, RefundBooks, AnyChange> {
  readonly #receipts = new SqlReceipts();
  readonly #refunds = new SqlRefunds();

  load(needs: readonly AnyNeed[]): Load<RefundBooks> {
    const books = new RefundBooks();
    const [ofSales, ofRefunds] = [needs.filter(isOfSale), needs.filter(isOfRefund)];
    const parts = [
      ...(ofSales.length > 0 ? [this.#receipts.load(ofSales, books)] : []),
      ...(ofRefunds.length > 0 ? [this.#refunds.load(ofRefunds, books)] : []),
    ];
    return {
      select: join(parts.map(({ select }) => select)),
      recordsets: parts.flatMap(({ recordsets }) => recordsets),
      toRows(rows) {
        let read = 0;
        for (const { recordsets, toRows } of parts) {
          toRows(rows.slice(read, read + recordsets.length));
          read += recordsets.length;
        }
        return books;
      },
    };
  }

  apply(books: RefundBooks, change: AnyChange): void {
    if (isRefund(change)) this.#refunds.apply(books, change);
    else this.#receipts.apply(books, change);
  }

  write(changes: readonly AnyChange[]): readonly Sql[] {
    return [...this.#receipts.write(changes.filter(isReceipt)), ...this.#refunds.write(changes.filter(isRefund))];
  }
}
