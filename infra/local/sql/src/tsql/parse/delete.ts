import type { CommonTable } from '../node/query.ts';
import type { Delete } from '../node/statement.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './expression.ts';
import { parseFrom, parseHints, parseObjectName } from './from.ts';
import { parseOutput } from './output.ts';
import { parseTop } from './query.ts';

/** `DELETE [TOP (n)] [FROM] t [OUTPUT …] [FROM …] [WHERE …]` */
export function parseDelete(cursor: Cursor, ctes: readonly CommonTable[]): Delete {
  const line = cursor.line;
  cursor.expect('DELETE');
  const top = parseTop(cursor);
  cursor.take('FROM');
  const target = parseObjectName(cursor);
  if (cursor.at('WITH') && cursor.ahead(1).upper === '(') parseHints(cursor);
  const output = parseOutput(cursor);
  const from = cursor.take('FROM') ? parseFrom(cursor) : undefined;
  const where = cursor.take('WHERE') ? parseExpression(cursor) : undefined;
  return { node: 'delete', line, ctes, top, target, output, from, where };
}
