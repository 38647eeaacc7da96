import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** PEM texts. */
export interface Certificate { readonly key: string; readonly cert: string }

/** The certificate a client is told to trust, in the stand-in's directory. */
export const certificateFile = 'certificate.pem';
const keyFile = 'certificate.key';

/** The directory's own certificate, made when it has none: clients that trust it go on doing so after a restart. */
export function certificateOf(directory: string): Certificate {
  const [keyPath, certPath] = [join(directory, keyFile), join(directory, certificateFile)];
  if (existsSync(keyPath) && existsSync(certPath)) return { key: readFileSync(keyPath, 'utf8'), cert: readFileSync(certPath, 'utf8') };
  const made = selfSigned();
  mkdirSync(directory, { recursive: true });
  writeFileSync(keyPath, made.key, { mode: 0o600 });
  writeFileSync(certPath, made.cert);
  return made;
}

const tag = { boolean: 0x01, integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, utf8: 0x0c, sequence: 0x30, set: 0x31, time: 0x18, version: 0xa0, extensions: 0xa3, dnsName: 0x82, ipAddress: 0x87 } as const;
const DAY_MS = 86_400_000;

/** One element of DER: tag, length, content. */
function der(kind: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.of(kind, ...size), body]);
}

const oid = (hex: string): Buffer => der(tag.oid, Buffer.from(hex, 'hex'));
const yes = der(tag.boolean, Uint8Array.of(0xff));
const ecdsaWithSha256 = der(tag.sequence, oid('2a8648ce3d040302'));
const commonName = (name: string): Buffer => der(tag.sequence, der(tag.set, der(tag.sequence, oid('550403'), der(tag.utf8, Buffer.from(name)))));
const time = (ms: number): Buffer => der(tag.time, Buffer.from(`${new Date(ms).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`));
const extension = (id: string, isCritical: boolean, value: Buffer): Buffer => der(tag.sequence, oid(id), ...(isCritical ? [yes] : []), der(tag.octets, value));

/** A certificate that signs itself, for localhost, 127.0.0.1 and ::1, good for ten years. X.509 v3, RFC 5280. */
function selfSigned(): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = commonName('localhost');
  const serial = randomBytes(16);
  serial[0] = (serial.readUInt8(0) & 0x7f) | 0x01;
  const validity = der(tag.sequence, time(Date.now() - DAY_MS), time(Date.now() + 3650 * DAY_MS));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const loopback6 = Buffer.alloc(16);
  loopback6[15] = 1;
  const extensions = der(tag.extensions, der(tag.sequence,
    // Basic constraints (it is its own authority), subject key identifier, subject alternative names.
    extension('551d13', true, der(tag.sequence, yes)),
    extension('551d0e', false, der(tag.octets, createHash('sha1').update(spki).digest())),
    extension('551d11', false, der(tag.sequence, der(tag.dnsName, Buffer.from('localhost')), der(tag.ipAddress, Uint8Array.of(127, 0, 0, 1)), der(tag.ipAddress, loopback6)))));
  const body = der(tag.sequence, der(tag.version, der(tag.integer, Uint8Array.of(2))), der(tag.integer, serial), ecdsaWithSha256, name, validity, name, spki, extensions);
  const whole = der(tag.sequence, body, ecdsaWithSha256, der(tag.bits, Uint8Array.of(0), sign('sha256', body, privateKey)));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  };
}
