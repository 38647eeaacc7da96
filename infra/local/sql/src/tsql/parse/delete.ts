import type { CommonTable } from '../node/query.ts';
import type { Delete } from '../node/statement.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './expression.ts';
import { parseFrom, parseObjectName } from './from.ts';
import { parseHints, parseQueryHints } from './hints.ts';
import { parseOutput } from './output.ts';
import { parseTop } from './query.ts';

/** `DELETE [TOP (n)] [FROM] t [OUTPUT …] [FROM …] [WHERE …]` */
export function parseDelete(cursor: Cursor, ctes: readonly CommonTable[]): Delete {
  const line = cursor.line;
  cursor.expect('DELETE');
  const top = parseTop(cursor);
  cursor.take('FROM');
  const target = parseObjectName(cursor);
  const hints = parseHints(cursor);
  const output = parseOutput(cursor);
  const from = cursor.take('FROM') ? parseFrom(cursor) : undefined;
  const where = cursor.take('WHERE') ? parseExpression(cursor) : undefined;
  parseQueryHints(cursor);
  return { node: 'delete', line, ctes, top, target, hints, output, from, where };
}
