import type { Cast, Expression } from '../../tsql/node/expression.ts';
import { isString } from '../../value/sql-type.ts';
import { literal } from '../catalog.ts';
import { outside } from '../error.ts';
import type { Emitter } from './emitter.ts';

/** SESSION_CONTEXT(key), cut to so many characters: bound once for a statement; where nothing can be bound the session is asked for every row. */
export function emitSessionContext(key: Expression | undefined, emitter: Emitter, length?: number): string {
  if (emitter.isStored && key?.node === 'literal') return `ts_context(${literal(key.text.toLowerCase())}${length === undefined ? '' : `, ${length}`})`;
  if (key?.node === 'literal') return emitter.bind({ from: 'context', key: { text: key.text }, length });
  if (key?.node === 'variable') return emitter.bind({ from: 'context', key: { slot: emitter.variables.find(key.name, key.line).slot }, length });
  throw outside('SESSION_CONTEXT of an expression');
}

/** `CAST(SESSION_CONTEXT(key) AS VARCHAR(n))`, the only way to use it, without a function that cuts it again for each row. */
export function emitCutContext({ operand, type, style }: Cast, emitter: Emitter): string | undefined {
  const isCut = operand.node === 'call' && operand.name === 'SESSION_CONTEXT' && style === undefined && isString(type) && Number.isFinite(type.length);
  return isCut ? emitSessionContext(operand.arguments[0], emitter, type.length) : undefined;
}
