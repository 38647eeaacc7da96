import { TsqlError } from '../../engine/error.ts';
import type { Statement } from '../node/statement.ts';
import { Cursor } from './cursor.ts';
import { parseStatement } from './statement.ts';

/** Parses one batch. A syntax error anywhere means that nothing of it runs. */
export function parseBatch(source: string): readonly Statement[] {
  const cursor = new Cursor(source);
  const statements: Statement[] = [];
  for (;;) {
    const isEnded = statements.length === 0 || cursor.atSymbol(';');
    while (cursor.takeSymbol(';'));
    if (cursor.done) return statements;
    if (!isEnded && cursor.at('WITH')) throw new TsqlError(319, "Incorrect syntax near the keyword 'with'. If this statement is a common table expression, the previous statement must be terminated with a semicolon.", { severity: 15, effect: 'batch', line: cursor.line });
    statements.push(parseStatement(cursor));
  }
}
