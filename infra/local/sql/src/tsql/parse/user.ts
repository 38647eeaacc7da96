import { outside } from '../../engine/error.ts';
import type { Ignored } from '../node/statement.ts';
import type { Cursor } from './cursor.ts';

/**
 * A user for an identity of Entra ID, by its SID. Read and then forgotten: here `sa` and tokens log in, and each may do everything.
 * https://learn.microsoft.com/sql/t-sql/statements/create-user-transact-sql
 */
export function parseCreateUser(cursor: Cursor, line: number): Ignored {
  cursor.name();
  if (!cursor.take('WITH', 'SID')) throw outside('CREATE USER without WITH SID = …, TYPE = E', line);
  cursor.expectSymbol('=');
  const sid = cursor.next();
  if (sid.kind !== 'binary' || sid.text.length !== 32) throw outside('A SID that is not the sixteen bytes of a client id', line);
  cursor.expectSymbol(',');
  cursor.expect('TYPE');
  cursor.expectSymbol('=');
  if (!cursor.take('E')) throw outside('A user of another type than E', line);
  return { node: 'ignored', line };
}

const rights = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'EXECUTE'];

/** Rights over the schema dbo; forgotten like the users they are for. https://learn.microsoft.com/sql/t-sql/statements/grant-schema-permissions-transact-sql */
export function parseGrant(cursor: Cursor): Ignored {
  const { line } = cursor;
  cursor.expect('GRANT');
  cursor.list(() => {
    const right = rights.find((each) => cursor.take(each));
    if (right === undefined) throw outside(`GRANT ${cursor.current.upper}`, line);
  });
  if (!cursor.take('ON', 'SCHEMA')) throw outside('GRANT on anything but a schema', line);
  cursor.expectSymbol('::');
  if (cursor.name().toLowerCase() !== 'dbo') throw outside('GRANT on another schema than dbo', line);
  cursor.expect('TO');
  cursor.name();
  return { node: 'ignored', line };
}
