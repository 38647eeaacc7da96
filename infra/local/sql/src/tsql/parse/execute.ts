import { outside } from '../../engine/error.ts';
import type { Execute } from '../node/statement.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './expression.ts';
import { parseObjectName } from './from.ts';

/** `EXEC [@rc =] procedure [@name =] value [OUTPUT], …` */
export function parseExecute(cursor: Cursor): Execute {
  const line = cursor.line;
  cursor.next();
  if (cursor.atSymbol('(')) throw outside('EXEC of a string', line);
  let result: string | undefined;
  if (cursor.current.kind === 'variable') {
    result = cursor.variable();
    cursor.expectSymbol('=');
  }
  const { name } = parseObjectName(cursor);
  const none = cursor.done || cursor.atSymbol(';') || cursor.current.kind === 'word';
  const list = none ? [] : cursor.list(() => {
    const named = cursor.current.kind === 'variable' && cursor.ahead(1).upper === '=';
    const argument = named ? cursor.variable() : undefined;
    if (named) cursor.expectSymbol('=');
    // A bare word is a string here: @LockMode = Exclusive.
    const value = cursor.isName() ? ({ node: 'literal', of: 'string', text: cursor.name(), national: true } as const) : parseExpression(cursor);
    const output = cursor.take('OUTPUT') || cursor.take('OUT');
    return { name: argument, value, output };
  });
  return { node: 'execute', line, procedure: name.toLowerCase(), result, arguments: list };
}
