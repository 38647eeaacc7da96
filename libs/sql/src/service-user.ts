/** The identity that a service logs in with. */
export interface ServiceIdentity {
  /** As the identity is called; the user gets the same name. */
  readonly name: string;
  /** Its client (application) id, a GUID. */
  readonly clientId: string;
}

/** What a service does to its own tables, and nothing else: it changes no schema, and sees no other database. */
const rights = 'SELECT, INSERT, UPDATE, DELETE';

/**
 * Makes the identity a user of the database, if it is none yet, with the rights that a service needs. It may be run again.
 *
 * By its SID rather than `FROM EXTERNAL PROVIDER`: then the server looks nothing up in Entra ID, and needs no right to. The SID of an application is
 * its client id as the sixteen bytes of a `UNIQUEIDENTIFIER`.
 * https://learn.microsoft.com/sql/t-sql/statements/create-user-transact-sql
 *
 * @throws Error for a name that would have to be escaped.
 */
export function serviceUserBatch({ name, clientId }: ServiceIdentity): string {
  if (!/^[\w-]{1,120}$/.test(name)) throw new Error(`${name} is no name for a user of a database`);
  return [
    `IF DATABASE_PRINCIPAL_ID(N'${name}') IS NULL CREATE USER [${name}] WITH SID = ${sidOf(clientId)}, TYPE = E;`,
    `GRANT ${rights} ON SCHEMA::dbo TO [${name}];`,
  ].join('\n');
}

/** Three little-endian groups and two as they are written. */
function sidOf(clientId: string): string {
  const groups = clientId.toUpperCase().split('-');
  if (!/^[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}$/.test(groups.join('-'))) throw new Error('the client id of an identity is a GUID');
  return `0x${groups.map((group, index) => (index < 3 ? (group.match(/../g) ?? []).toReversed().join('') : group)).join('')}`;
}
