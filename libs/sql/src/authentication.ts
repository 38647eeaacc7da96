import type { config } from 'mssql';
import { azureCredential } from './azure-credential.ts';

/**
 * How a connection string says who logs in. `mssql` reads `Active Directory Default` as a login by password, without a word; so it is read here.
 * @throws Error for every other way of Entra ID: each needs a secret in the string.
 */
export function authenticationOf(connectionString: string): Pick<config, 'authentication'> {
  const [, way] = /(?:^|;)\s*authentication\s*=\s*([^;]*)/i.exec(connectionString) ?? [];
  if (way === undefined) return {};
  if (way.trim().toLowerCase() !== 'active directory default') throw new Error('SQL_CONNECTION: of Entra ID only "Authentication=Active Directory Default" is taken');
  return { authentication: { type: 'token-credential', options: { credential: azureCredential() } } } as unknown as Pick<config, 'authentication'>;
}
