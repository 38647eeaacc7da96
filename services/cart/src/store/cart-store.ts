import { unreachable, type TenantId } from '@checkout/kernel';
import type { Load, Store } from '@checkout/messaging';
import { join, type Database, type Sql } from '@checkout/sql';
import { keyOf, noRows, type Change, type Need, type Rows, type RowsReader } from '../application/ports.ts';
import type { Part } from './part.ts';
import { RecentCatalogue } from './recent-catalogue.ts';
import { basketsParts, heldBasketsParts, writeBaskets } from './sql-baskets.ts';
import { barcodesPart, productsPart, storesPart, writeProducts, writeStores } from './sql-catalogue.ts';
import { parkedInStorePart, parkedPart, writeParked } from './sql-parked-sales.ts';
import { checkoutsPart, writeCheckouts } from './sql-checkouts.ts';

/** Rows outside the pipeline, for a decision that the database need not keep. */
export class SqlRows implements RowsReader {
  readonly #database: Pick<Database, 'forTenant'>;
  readonly #store: CartStore;

  constructor(database: Pick<Database, 'forTenant'>, store: CartStore) {
    this.#database = database;
    this.#store = store;
  }

  async read(tenantId: TenantId, needs: readonly Need[]): Promise<Rows> {
    const { recordsets, select, toRows } = this.#store.load(needs);
    return toRows(recordsets.length === 0 ? [] : await this.#database.forTenant(tenantId).queries(recordsets, select));
  }
}

type Wanted = { readonly [K in Need['kind']]: Map<string, Extract<Need, { kind: K }>> };

/**
 * Cart's tables, as the pipeline uses them: what a batch needs in one round trip, what it changes in another.
 *
 * Texts out of OPENJSON have the database's collation, and a comparison of those with our binary keys is refused (error 468), so the
 * joins name it.
 */
export class CartStore implements Store<Need, Rows, Change> {
  readonly #recent: RecentCatalogue;

  constructor(recent: RecentCatalogue = new RecentCatalogue()) {
    this.#recent = recent;
  }

  load(needs: readonly Need[]): Load<Rows> {
    const rows = noRows();
    const parts = this.#partsOf(this.#wanted(needs, rows));
    return {
      select: join(parts.map(({ select }) => select)),
      recordsets: parts.map(({ row }) => row),
      toRows(recordsets) {
        for (const [index, part] of parts.entries()) part.into(rows, recordsets[index] ?? []);
        return rows;
      },
    };
  }

  apply(rows: Rows, change: Change): void {
    switch (change.kind) {
      case 'checkout-saved':
        rows.checkouts.set(keyOf(change.checkout.tenantId, change.checkout.commandId), change.checkout);
        return;
      case 'basket-saved':
        return applyBasket(rows, change);
      case 'stores-saved':
        for (const store of change.stores) rows.stores.set(keyOf(change.tenantId, store.storeId), store);
        return;
      case 'products-saved':
        return applyProducts(rows, change);
      case 'parked-saved':
        rows.parked.set(keyOf(change.parked.tenantId, change.parked.parkedId), change.parked);
        return;
      case 'parked-forgotten':
        return;
      default:
        return unreachable(change);
    }
  }

  write(changes: readonly Change[]): readonly Sql[] {
    const of = <K extends Change['kind']>(kind: K) => changes.filter((change): change is Extract<Change, { kind: K }> => change.kind === kind);
    return [...writeCheckouts(of('checkout-saved')), ...writeBaskets(of('basket-saved')), ...writeStores(of('stores-saved')), ...writeProducts(of('products-saved')), ...writeParked(of('parked-saved'), of('parked-forgotten'))];
  }

  /** For the pipeline's `onCommitted`: what was saved here is read anew. */
  forget(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.kind === 'stores-saved') this.#recent.forgetStores(change.stores.map(({ storeId }) => keyOf(change.tenantId, storeId)));
      if (change.kind === 'products-saved') this.#recent.forgetProducts(change.products.map(({ sku }) => keyOf(change.tenantId, sku)));
    }
  }

  /** Each row once, without the stores and products that were read lately: those are put among the rows at once. */
  #wanted(needs: readonly Need[], rows: Rows): Wanted {
    const wanted: Wanted = { checkout: new Map(), store: new Map(), product: new Map(), barcode: new Map(), basket: new Map(), 'held-basket': new Map(), parked: new Map(), 'parked-in-store': new Map() };
    for (const need of needs) {
      switch (need.kind) {
        case 'checkout':
          wanted.checkout.set(keyOf(need.tenantId, need.commandId), need);
          break;
        case 'store': {
          const key = keyOf(need.tenantId, need.storeId);
          const store = rows.stores.get(key) ?? this.#recent.store(key);
          if (store) rows.stores.set(key, store);
          else wanted.store.set(key, need);
          break;
        }
        case 'product': {
          const key = keyOf(need.tenantId, need.sku);
          const product = rows.products.get(key) ?? this.#recent.product(key);
          if (product) rows.products.set(key, product);
          else wanted.product.set(key, need);
          break;
        }
        case 'barcode':
          wanted.barcode.set(keyOf(need.tenantId, need.barcode), need);
          break;
        case 'basket':
          wanted.basket.set(keyOf(need.tenantId, need.basketId), need);
          break;
        case 'held-basket':
          wanted['held-basket'].set(keyOf(need.tenantId, need.commandId), need);
          break;
        case 'parked':
          wanted.parked.set(keyOf(need.tenantId, need.parkedId), need);
          break;
        case 'parked-in-store':
          wanted['parked-in-store'].set(keyOf(need.tenantId, need.storeId), need);
          break;
        default:
          unreachable(need);
      }
    }
    return wanted;
  }

  #partsOf(wanted: Wanted): Part[] {
    const all = <N>(needs: ReadonlyMap<string, N>) => [...needs.values()];
    return [
      ...(wanted.checkout.size > 0 ? [checkoutsPart(all(wanted.checkout))] : []),
      ...(wanted.store.size > 0 ? [storesPart(all(wanted.store), this.#recent)] : []),
      ...(wanted.product.size > 0 ? [productsPart(all(wanted.product), this.#recent)] : []),
      ...(wanted.barcode.size > 0 ? [barcodesPart(all(wanted.barcode))] : []),
      ...(wanted.basket.size > 0 ? basketsParts(all(wanted.basket)) : []),
      ...(wanted['held-basket'].size > 0 ? heldBasketsParts(all(wanted['held-basket'])) : []),
      ...(wanted.parked.size > 0 ? [parkedPart(all(wanted.parked))] : []),
      ...(wanted['parked-in-store'].size > 0 ? [parkedInStorePart(all(wanted['parked-in-store']))] : []),
    ];
  }
}

function applyBasket(rows: Rows, { basket }: Extract<Change, { kind: 'basket-saved' }>): void {
  const { tenantId, basketId, commandId } = basket;
  const before = rows.baskets.get(keyOf(tenantId, basketId));
  if (before?.commandId) rows.heldBaskets.delete(keyOf(tenantId, before.commandId));
  if (commandId) rows.heldBaskets.set(keyOf(tenantId, commandId), basketId);
  rows.baskets.set(keyOf(tenantId, basketId), basket);
}

function applyProducts(rows: Rows, { tenantId, products }: Extract<Change, { kind: 'products-saved' }>): void {
  for (const product of products) {
    const before = rows.products.get(keyOf(tenantId, product.sku));
    if (before?.barcode !== undefined) rows.barcodes.delete(keyOf(tenantId, before.barcode));
    rows.products.set(keyOf(tenantId, product.sku), product);
    if (product.barcode !== undefined) rows.barcodes.set(keyOf(tenantId, product.barcode), product.sku);
  }
}
