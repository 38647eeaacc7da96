import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WriterTransaction } from './writer-transaction.ts';

describe('Statements that are transactions of their own', () => {
  let directory: string;
  let writer: DatabaseSync;
  let reader: DatabaseSync;
  let lost: Error[];
  let transaction: WriterTransaction;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'writer-transaction-'));
    const path = join(directory, 'cart.sqlite');
    writer = new DatabaseSync(path);
    writer.exec('PRAGMA journal_mode = WAL; CREATE TABLE line (id INT PRIMARY KEY)');
    reader = new DatabaseSync(path);
    lost = [];
    transaction = new WriterTransaction(writer, { complete: () => {}, lost: (error) => lost.push(error) });
  });

  afterEach(() => {
    reader.close();
    writer.close();
    rmSync(directory, { recursive: true });
  });

  const add = (id: number) => transaction.share(() => writer.exec(`INSERT INTO line VALUES (${id})`));
  const lines = (db: DatabaseSync) => db.prepare('SELECT id FROM line ORDER BY id').all().map(({ id }) => id);

  it('are committed together, when the log is about to be synced', () => {
    add(1);
    add(2);
    expect(lines(writer)).toEqual([1, 2]);
    expect(lines(reader)).toEqual([]);

    transaction.flush();

    expect(lines(reader)).toEqual([1, 2]);
  });

  it('are committed before a session has the connection to itself, so that everybody else sees them elsewhere', () => {
    add(1);

    transaction.begin();

    expect(transaction.isPrivate).toBe(true);
    expect(lines(reader)).toEqual([1]);
    writer.exec('INSERT INTO line VALUES (2)');
    transaction.rollback();
    expect(lines(writer)).toEqual([1]);
  });

  it('leave nothing behind when they fail, and what the others did stays', () => {
    add(1);

    expect(() => add(1)).toThrow('UNIQUE constraint failed');

    add(2);
    transaction.flush();
    expect([lines(reader), lost]).toEqual([[1, 2], []]);
  });

  it('leave no transaction open when the first of them fails', () => {
    expect(() => add(Number.NaN)).toThrow('no such column');

    expect(writer.isTransaction).toBe(false);
    expect(lines(writer)).toEqual([]);
  });

  it('are told lost when SQLite drops the transaction they shared, as it does when the disk is full', () => {
    add(1);

    expect(() => transaction.share(() => {
      writer.exec('ROLLBACK');
      throw new Error('database or disk is full');
    })).toThrow('full');

    expect(lost.map(({ message }) => message)).toEqual(['database or disk is full']);
    add(2);
    transaction.flush();
    expect(lines(reader)).toEqual([2]);
  });
});
