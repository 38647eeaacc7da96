import type { Value } from '../../value/value.ts';
import { clash, outside, TsqlError } from '../error.ts';
import type { LockOwner } from '../app-locks.ts';
import type { Session } from '../session.ts';
import { wait, type Waiting } from '../waiting.ts';

export interface Argument { readonly name: string | undefined; readonly value: Value }

export const procedureParameters: Readonly<Record<string, readonly string[]>> = {
  sp_getapplock: ['@resource', '@lockmode', '@lockowner', '@locktimeout', '@dbprincipal'],
  sp_releaseapplock: ['@resource', '@lockowner', '@dbprincipal'],
  sp_set_session_context: ['@key', '@value', '@read_only'],
};

/** The system procedures of the subset. @returns the return value */
export function* runProcedure(name: string, list: readonly Argument[], session: Session): Waiting<number> {
  const names = procedureParameters[name];
  if (!names) throw new TsqlError(2812, `Could not find stored procedure '${name}'.`, { state: 62 });
  const given = new Map(list.map((argument, i) => [argument.name ?? names[i] ?? '', argument.value]));
  for (const key of given.keys()) if (!names.includes(key)) throw new TsqlError(8145, `${key} is not a parameter for procedure ${name}.`, { effect: 'batch' });
  const text = (key: string) => String(given.get(key) ?? '');
  if (name === 'sp_set_session_context') {
    setContext(given.get('@key'), given.get('@value'), given.get('@read_only'), session);
    return 0;
  }
  const owner = ownerOf(text('@lockowner'));
  if (owner === 'Transaction' && session.depth === 0) throw new TsqlError(15_248, 'You attempted to acquire a transactional application lock without an active transaction.');
  if (name === 'sp_releaseapplock') {
    session.database.appLocks.release(session, text('@resource'), owner);
    return 0;
  }
  // Shared modes would need a lock table of compatibilities; treating them as exclusive would hide a race, so they are refused.
  if (text('@lockmode').toLowerCase() !== 'exclusive') throw outside(`sp_getapplock with the mode ${text('@lockmode')}`);
  const timeout = given.get('@locktimeout');
  return yield* wait(session.database.appLocks.acquire(session, text('@resource'), owner, timeout === undefined || timeout === null ? session.settings.lockTimeoutMs : Number(timeout)));
}

/** In characters: sysname. */
const MAX_KEY = 128;
/** A sql_variant holds 8000 bytes; longer text can only be a (MAX), which it does not take. */
const MAX_VALUE = 4000;

/** https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-set-session-context-transact-sql */
export function setContext(keyText: Value | undefined, value: Value | undefined, readOnly: Value | undefined, { context }: Session): void {
  const key = String(keyText ?? '');
  if (key === '' || key.length > MAX_KEY) throw new TsqlError(15_600, "An invalid parameter or option was specified for procedure 'sp_set_session_context'.", { severity: 15 });
  if (typeof value === 'string' && value.length > MAX_VALUE) throw clash('nvarchar(max)', 'sql_variant');
  const name = key.toLowerCase();
  if (context.get(name)?.isReadOnly) throw new TsqlError(15_664, `Cannot set key '${key}' in the session context. The key has been set as read_only for this session.`);
  context.set(name, { value: value === null || value === undefined ? null : String(value), isReadOnly: Boolean(Number(readOnly ?? 0)) });
}

function ownerOf(text: string): LockOwner {
  if (/^session$/i.test(text)) return 'Session';
  if (text === '' || /^transaction$/i.test(text)) return 'Transaction';
  throw new TsqlError(15_250, 'The lock owner is not valid: it is Session or Transaction.');
}
