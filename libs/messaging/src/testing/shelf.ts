import { inventory, type Message } from '@checkout/contracts';
import { int, json, sql, varchar, type Sql } from '@checkout/sql';
import { z } from 'zod';
import type { Handler, Load, Store } from '../handler.ts';
import { InvalidMessage } from '../invalid-message.ts';

/** A service of one table, for the specs: what was sold from the shelf of each store. */
export type Need = string;

interface Shelf {
  readonly sold: number;
  readonly version: number;
}

export interface Sold {
  readonly storeId: string;
  readonly quantity: number;
}

export type Shelves = Map<string, Shelf>;

export const tenantId = 'acme';
const Row = z.object({ storeId: z.string(), sold: z.int(), version: z.int() });

export class ShelfStore implements Store<Need, Shelves, Sold> {
  #loaded: Shelves = new Map();

  load(needs: readonly Need[]): Load<Shelves> {
    const stores = [...new Set(needs)];
    return {
      select: sql`
        SELECT s.store_id AS storeId, s.sold, s.version
        FROM OPENJSON(${json(stores.map((storeId) => ({ s: storeId })))}) WITH (storeId VARCHAR(40) '$.s') AS j
        JOIN shelf AS s ON s.tenant_id = ${varchar(40, tenantId)} AND s.store_id = j.storeId COLLATE Latin1_General_100_BIN2;`,
      recordsets: [Row],
      toRows: ([rows = []]) => {
        const found = new Map((rows as z.output<typeof Row>[]).map(({ storeId, ...shelf }) => [storeId, shelf]));
        this.#loaded = new Map(stores.map((storeId) => [storeId, found.get(storeId) ?? { sold: 0, version: 0 }]));
        return new Map(this.#loaded);
      },
    };
  }

  apply(rows: Shelves, { storeId, quantity }: Sold): void {
    const { sold = 0, version = 0 } = rows.get(storeId) ?? {};
    rows.set(storeId, { sold: sold + quantity, version });
  }

  write(changes: readonly Sold[]): readonly Sql[] {
    const byStore = Map.groupBy(changes, ({ storeId }) => storeId);
    return [...byStore].map(([storeId, all]) => {
      const { version = 0 } = this.#loaded.get(storeId) ?? {};
      const quantity = all.reduce((sum, each) => sum + each.quantity, 0);
      if (version === 0) return sql`INSERT INTO shelf (tenant_id, store_id, sold, version) VALUES (${varchar(40, tenantId)}, ${varchar(40, storeId)}, ${int(quantity)}, 1);`;
      return sql`
        UPDATE shelf SET sold += ${int(quantity)}, version += 1
        WHERE tenant_id = ${varchar(40, tenantId)} AND store_id = ${varchar(40, storeId)} AND version = ${int(version)};
        IF @@ROWCOUNT <> 1 THROW 51001, 'shelf', 1;`;
    });
  }
}

type Of<M extends Message> = Handler<M, Need, Shelves, Sold>;

/** Sells one piece and says so. */
export const releaseStock: Of<inventory.ReleaseStock> = {
  needs: ({ body }) => [body.storeId],
  decide: (_shelves, { message: { body } }) => ({ changes: [{ storeId: body.storeId, quantity: 1 }], messages: [inventory.StockReleased(body)] }),
};

/** Sells what the lines say, without an answer; some goods cannot be sold at all. */
export const reserveStock: Of<inventory.ReserveStock> = {
  needs: ({ body }) => [body.storeId],
  decide: (_shelves, { message: { body: { storeId, lines } } }) => {
    const skus = lines.map(({ sku }) => String(sku));
    if (skus.includes('POISON')) throw new InvalidMessage('not-for-sale', 'Poison is not for sale.');
    if (skus.includes('DEFECT')) throw new TypeError('undefined is not a shelf');
    return { changes: [{ storeId, quantity: lines.reduce((sum, { quantity }) => sum + quantity, 0) }] };
  },
};

/** A local input: sells one piece, has another sold by message, and answers with the count so far. */
export type SellTwo = Message<'shelf.sell-two', inventory.ReleaseStock['body']>;
export const sellTwo: Handler<SellTwo, Need, Shelves, Sold, never, number> = {
  needs: ({ body }) => [body.storeId],
  decide: (shelves, { message: { body } }) => ({
    changes: [{ storeId: body.storeId, quantity: 1 }],
    messages: [inventory.ReleaseStock(body)],
    answer: (shelves.get(body.storeId)?.sold ?? 0) + 1,
  }),
};
