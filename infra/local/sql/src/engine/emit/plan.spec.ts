import { DatabaseSync } from 'node:sqlite';
import { registerFunctions } from '../function/register.ts';
import { compileBatch, type Step } from '../compile.ts';
import { Catalog } from '../catalog.ts';
import { parseBatch } from '../../tsql/parse/batch.ts';
import { createTable } from './definition.ts';

/** The SQLite plan of each reading or writing statement of a batch. */
function plans(text: string): string[][] {
  const db = new DatabaseSync(':memory:');
  registerFunctions(db, { nextIdentity: () => 1, nextRowversion: () => 1 });
  let catalog = new Catalog({ schemas: ['dbo'], tables: [] });
  for (const statement of parseBatch(tables)) {
    if (statement.node !== 'create table') throw new Error('Only tables are created here.');
    const { sql, catalog: next } = createTable(statement, catalog);
    for (const each of sql) db.exec(each);
    catalog = next;
  }
  const parameters = [{ name: '@keys', type: { kind: 'nvarchar', length: 4000, precision: 0, scale: 0 } as const }];
  return compileBatch(text, parameters).steps.flatMap((step: Step) => {
    const compiled = step.compiled(catalog);
    if (!('prepared' in compiled)) return [];
    return [db.prepare(`EXPLAIN QUERY PLAN ${compiled.prepared.sql}`).all().map((row) => String(row['detail']))];
  });
}

const key = (name: string) => `${name} VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL`;
const tables = `CREATE TABLE stock_level (${key('tenant_id')}, ${key('store_id')}, ${key('sku')}, reserved INT NOT NULL, PRIMARY KEY (tenant_id, store_id, sku));
  CREATE TABLE outbox (chunk_id UNIQUEIDENTIFIER NOT NULL PRIMARY KEY, messages NVARCHAR(MAX) NOT NULL);
  CREATE TABLE product (name NVARCHAR(40) NOT NULL PRIMARY KEY)`;
const list = `OPENJSON(@keys) WITH (t VARCHAR(40), s VARCHAR(40), k VARCHAR(40), q INT) AS j`;
const on = 's.tenant_id = j.t COLLATE Latin1_General_100_BIN2 AND s.store_id = j.s COLLATE Latin1_General_100_BIN2 AND s.sku = j.k COLLATE Latin1_General_100_BIN2';

describe('a statement over a list', () => {
  it.each([
    ['SELECT', `SELECT s.sku FROM stock_level AS s JOIN ${list} ON ${on}`],
    ['SELECT with the list first', `SELECT s.sku FROM ${list} JOIN stock_level AS s ON ${on}`],
    ['UPDATE', `UPDATE s SET s.reserved = s.reserved + j.q FROM stock_level AS s JOIN ${list} ON ${on}`],
    ['DELETE', `DELETE s FROM stock_level AS s JOIN ${list} ON ${on}`],
    ['INSERT … WHERE NOT EXISTS', `INSERT INTO stock_level (tenant_id, store_id, sku, reserved) SELECT j.t, j.s, j.k, 0 FROM ${list} WHERE NOT EXISTS (SELECT 1 FROM stock_level AS s WHERE ${on})`],
  ])('finds each row by the primary key, and scans no table: %s', (_name, text) => {
    const [details = []] = plans(text);
    expect(details.filter((detail) => /^SCAN (?!j |\$u|\d+ CONSTANT)/.test(detail))).toEqual([]);
    expect(details.some((detail) => /SEARCH s USING (COVERING )?INDEX .*tenant_id=\? AND store_id=\? AND sku=\?/.test(detail))).toBe(true);
  });
});

describe('a statement over one row', () => {
  it.each([
    [`SELECT messages FROM outbox WHERE chunk_id = '0b6d7d9e-0000-4000-8000-00000000abcd'`, 'SEARCH outbox USING'],
    [`DELETE FROM outbox WHERE chunk_id IN (SELECT j.id FROM OPENJSON(@keys) WITH (id UNIQUEIDENTIFIER '$') AS j)`, 'SEARCH outbox USING'],
    [`SELECT name FROM product WHERE name = N'Bread'`, 'SEARCH product USING'],
    [`SELECT TOP (10) sku FROM stock_level WHERE tenant_id = 't' AND store_id = 's' ORDER BY sku`, 'SEARCH stock_level USING COVERING INDEX'],
  ])('uses the key: %s', (text, wanted) => {
    const details = plans(text).flat();
    expect(details.some((detail) => detail.startsWith(wanted))).toBe(true);
    expect(details.filter((detail) => detail.includes('TEMP B-TREE'))).toEqual([]);
  });
});
