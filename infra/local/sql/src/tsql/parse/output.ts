import { outside } from '../../engine/error.ts';
import type { SelectItem } from '../node/query.ts';
import type { Cursor } from './cursor.ts';
import { parseItem } from './query.ts';

/** `OUTPUT inserted.x, deleted.y` https://learn.microsoft.com/sql/t-sql/queries/output-clause-transact-sql */
export function parseOutput(cursor: Cursor): readonly SelectItem[] {
  if (!cursor.take('OUTPUT')) return [];
  const items = cursor.list(() => parseItem(cursor));
  if (cursor.at('INTO')) throw outside('OUTPUT … INTO', cursor.line);
  return items;
}
