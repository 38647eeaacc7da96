import { outside } from '../../engine/error.ts';
import type { Declare } from '../node/statement.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './expression.ts';
import { parseType } from './type.ts';

export function parseDeclare(cursor: Cursor): Declare {
  const line = cursor.line;
  cursor.expect('DECLARE');
  if (cursor.isName() && ['CURSOR', 'INSENSITIVE', 'SCROLL'].includes(cursor.ahead(1).upper)) throw outside('A cursor', line);
  const variables = cursor.list(() => {
    const name = cursor.variable();
    cursor.take('AS');
    if (cursor.at('TABLE')) throw outside('A table variable', line);
    if (cursor.at('CURSOR')) throw outside('A cursor', line);
    const type = parseType(cursor);
    return { name, type, value: cursor.takeSymbol('=') ? parseExpression(cursor) : undefined };
  });
  return { node: 'declare', line, variables };
}
