import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { http, TenantId } from '@checkout/contracts';
import type * as kernel from '@checkout/kernel';
import { z } from 'zod';
import type { CatalogueSnapshot } from './catalogue-snapshots.ts';

const Snapshot = z.object({ takenAt: z.int(), stores: z.array(http.Store), products: z.array(http.Product) });

/** One file for each tenant: a line with the digest of the rest, then JSON. A file that was cut or changed is as good as none. */
export class SnapshotFiles {
  readonly #directory: string;
  readonly #onUnreadable: (file: string, error: unknown) => void;

  constructor(directory: string, onUnreadable: (file: string, error: unknown) => void) {
    this.#directory = directory;
    this.#onUnreadable = onUnreadable;
    mkdirSync(directory, { recursive: true });
  }

  /** Every copy that can be read. At start-up, before anything is served. */
  readAll(): [kernel.TenantId, CatalogueSnapshot][] {
    return readdirSync(this.#directory).filter((file) => file.endsWith('.json')).flatMap((file) => {
      try {
        return [[TenantId.parse(file.slice(0, -'.json'.length)), snapshotIn(readFileSync(join(this.#directory, file), 'utf8'))]];
      } catch (error) {
        this.#onUnreadable(file, error);
        return [];
      }
    });
  }

  /** Whole or not at all: a reader sees the old file or the new one. */
  async write(tenantId: kernel.TenantId, { takenAt, stores, products }: CatalogueSnapshot): Promise<void> {
    const json = JSON.stringify({ takenAt, stores: [...stores.values()], products: [...products.values()] });
    const file = join(this.#directory, `${tenantId}.json`);
    const unfinished = `${file}.${process.pid}`;
    await writeFile(unfinished, `${digestOf(json)}\n${json}`);
    await rename(unfinished, file);
  }
}

const digestOf = (json: string): string => createHash('sha256').update(json).digest('base64url');

function snapshotIn(text: string): CatalogueSnapshot {
  const end = text.indexOf('\n');
  const json = text.slice(end + 1);
  if (text.slice(0, end) !== digestOf(json)) throw new Error('the copy of the catalogue is damaged');
  const { takenAt, stores, products } = Snapshot.parse(JSON.parse(json));
  return { takenAt, stores: new Map(stores.map((store) => [store.storeId, store])), products: new Map(products.map((product) => [product.sku, product])) };
}
