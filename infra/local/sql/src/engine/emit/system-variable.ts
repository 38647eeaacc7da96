import { type as types } from '../../value/sql-type.ts';
import { outside } from '../error.ts';
import type { Typed } from './coerce.ts';
import type { Emitter } from './emitter.ts';

/** `@@ROWCOUNT` and the like: what the session knows, bound anew each time. */
export function systemVariable(name: string, emitter: Emitter): Typed {
  switch (name) {
    case '@@rowcount': return { sql: emitter.bind({ from: 'rowcount' }), type: types.int };
    case '@@trancount': return { sql: emitter.bind({ from: 'trancount' }), type: types.int };
    case '@@error': return { sql: emitter.bind({ from: 'error' }), type: types.int };
    case '@@identity': return { sql: emitter.bind({ from: 'identity' }), type: types.decimal(18, 0) };
    case '@@spid': return { sql: emitter.bind({ from: 'spid' }), type: types.smallint };
    case '@@lock_timeout': return { sql: emitter.bind({ from: 'lock timeout' }), type: types.int };
    case '@@version': return { sql: "'Local stand-in for Azure SQL (a test double, not SQL Server)'", type: types.nvarchar(300) };
    case '@@servername': return { sql: "'local'", type: types.sysname };
    default: throw outside(name.toUpperCase());
  }
}
