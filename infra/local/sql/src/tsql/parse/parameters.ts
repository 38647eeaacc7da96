import type { SqlType } from '../../value/sql-type.ts';
import { Cursor } from './cursor.ts';
import { parseType } from './type.ts';

export interface DeclaredParameter { readonly name: string; readonly type: SqlType; readonly isOutput: boolean }

const known = new Map<string, readonly DeclaredParameter[]>();
const CACHED = 2000;

/** `@a int, @b nvarchar(40) output`: the parameter declaration of sp_executesql. */
export function parseParameters(text: string): readonly DeclaredParameter[] {
  const found = known.get(text);
  if (found) return found;
  const cursor = new Cursor(text);
  const parameters = cursor.done ? [] : cursor.list(() => {
    const name = cursor.variable();
    cursor.take('AS');
    const type = parseType(cursor);
    const isOutput = cursor.take('OUTPUT') || cursor.take('OUT');
    return { name, type, isOutput };
  });
  if (!cursor.done) throw cursor.unexpected();
  if (known.size >= CACHED) known.clear();
  known.set(text, parameters);
  return parameters;
}
