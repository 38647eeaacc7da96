import { type as types, type SqlType } from '../../value/sql-type.ts';
import { outside } from '../error.ts';
import type { Bind } from './bind.ts';
import type { Typed } from './coerce.ts';
import type { Emitter } from './emitter.ts';

type Known = Extract<Bind, { readonly from: 'rowcount' | 'spid' | 'xact state' | 'lock timeout' | 'trancount' | 'error' | 'identity' | 'database' }>['from'];

const bound = (from: Known, type: SqlType) => (emitter: Emitter): Typed => ({ sql: emitter.bind({ from }), type });
const fixed = (text: string, length: number) => (): Typed => ({ sql: `'${text}'`, type: types.nvarchar(length) });

/** `@@ROWCOUNT` and the like: what the session knows, bound anew each time. */
export const systemVariables: Readonly<Record<string, (emitter: Emitter) => Typed>> = {
  '@@rowcount': bound('rowcount', types.int),
  '@@trancount': bound('trancount', types.int),
  '@@error': bound('error', types.int),
  '@@identity': bound('identity', types.decimal(18, 0)),
  '@@spid': bound('spid', types.smallint),
  '@@lock_timeout': bound('lock timeout', types.int),
  '@@version': fixed('Local stand-in for Azure SQL (a test double, not SQL Server)', 300),
  '@@servername': fixed('local', 128),
};

export function systemVariable(name: string, emitter: Emitter): Typed {
  const emit = systemVariables[name];
  if (!emit) throw outside(name.toUpperCase());
  return emit(emitter);
}
