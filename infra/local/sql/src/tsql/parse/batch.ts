import type { Statement } from '../node/statement.ts';
import { Cursor } from './cursor.ts';
import { parseStatement } from './statement.ts';

/** Parses one batch. A syntax error anywhere means that nothing of it runs. */
export function parseBatch(source: string): readonly Statement[] {
  const cursor = new Cursor(source);
  const statements: Statement[] = [];
  for (;;) {
    while (cursor.takeSymbol(';'));
    if (cursor.done) return statements;
    statements.push(parseStatement(cursor));
  }
}
