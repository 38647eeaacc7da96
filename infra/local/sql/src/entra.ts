import { createRemoteJWKSet, jwtVerify } from 'jose';

/** Whether a token that a driver brings logs in. */
export type TokenCheck = (token: string) => Promise<boolean>;

/** The one token that a test has made up. */
export const exactly = (known: string): TokenCheck => (token) => Promise.resolve(token === known);

/** For whom tokens of Azure SQL are, with the slash and without: drivers ask for both. */
const audiences = ['https://database.windows.net/', 'https://database.windows.net'];

/** Tokens of an identity provider, by its keys: of Azure SQL, and not past their end. A connection that is open stays open, as on Azure. */
export function issuedBy(jwksUrl: string): TokenCheck {
  const keys = createRemoteJWKSet(new URL(jwksUrl));
  return async (token) => {
    try {
      await jwtVerify(token, keys, { audience: audiences });
      return true;
    } catch {
      return false;
    }
  };
}
