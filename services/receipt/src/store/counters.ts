import { int, json, sql, type Sql } from '@checkout/sql';

/** How a batch moves one counter: from the number it was decided on to the last that it gave out. */
export interface Advance {
  readonly tenantId: string;
  readonly storeId: string;
  readonly series: string;
  readonly expected: number;
  readonly next: number;
}

/** A store's first paper of a series. Another writer that was faster makes this fail on the primary key, and the batch is decided again. */
export const insertCounters = (first: readonly Advance[]): Sql => sql`
  INSERT INTO receipt_counter (tenant_id, store_id, series, last_number)
  SELECT j.tenantId, j.storeId, j.series, j.next
  FROM OPENJSON(${json(first)})
    WITH (tenantId VARCHAR(40) '$.tenantId', storeId VARCHAR(40) '$.storeId', series VARCHAR(10) '$.series', next INT '$.next') AS j;`;

export const updateCounters = (later: readonly Advance[]): Sql => sql`
  UPDATE c
  SET last_number = j.next
  FROM OPENJSON(${json(later)})
    WITH (tenantId VARCHAR(40) '$.tenantId', storeId VARCHAR(40) '$.storeId', series VARCHAR(10) '$.series', expected INT '$.expected', next INT '$.next') AS j
  JOIN receipt_counter AS c ON c.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND c.store_id = j.storeId COLLATE Latin1_General_100_BIN2 AND c.series = j.series COLLATE Latin1_General_100_BIN2 AND c.last_number = j.expected;
  IF @@ROWCOUNT <> ${int(later.length)} THROW 51001, 'receipt counter', 1;`;
