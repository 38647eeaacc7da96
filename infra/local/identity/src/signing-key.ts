import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, importJWK, calculateJwkThumbprint, type CryptoKey, type JWK } from 'jose';

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey | Uint8Array;
  /** What `/jwks` shows. */
  readonly publicJwk: JWK;
}

/** The key of this directory, made at the first start: tokens stay good when the stand-in restarts. */
export async function signingKeyOf(directory: string): Promise<SigningKey> {
  const file = join(directory, 'signing-key.json');
  if (!existsSync(file)) {
    mkdirSync(directory, { recursive: true });
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    // Renamed into place, so that a crash never leaves half a key.
    writeFileSync(`${file}.new`, JSON.stringify(await exportJWK(privateKey)), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  const jwk: JWK = JSON.parse(readFileSync(file, 'utf8'));
  const { d: _, ...publicPart } = jwk;
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, privateKey: await importJWK(jwk, 'ES256'), publicJwk: { ...publicPart, kid, alg: 'ES256', use: 'sig' } };
}
