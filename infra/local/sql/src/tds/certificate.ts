import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface Certificate { readonly key: string; readonly cert: string }

const tag = { boolean: 0x01, integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, utf8: 0x0c, sequence: 0x30, set: 0x31, time: 0x18 } as const;

/** One DER element: tag, length, content. */
function der(kind: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.of(kind, ...size), body]);
}

const oid = (hex: string) => der(tag.oid, Buffer.from(hex, 'hex'));
const ecdsaWithSha256 = der(tag.sequence, oid('2a8648ce3d040302'));
const time = (date: Date) => der(tag.time, Buffer.from(`${date.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`));
const extension = (id: string, isCritical: boolean, value: Buffer) => der(tag.sequence, oid(id), ...(isCritical ? [der(tag.boolean, Uint8Array.of(0xff))] : []), der(tag.octets, value));

/** A certificate that signs itself, for localhost and 127.0.0.1, good for ten years. X.509 v3, RFC 5280. */
export function selfSigned(): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = der(tag.sequence, der(tag.set, der(tag.sequence, oid('550403'), der(tag.utf8, Buffer.from('localhost')))));
  const serial = randomBytes(16);
  serial[0] = (serial.readUInt8(0) & 0x7f) | 0x01;
  const from = new Date(Date.now() - 86_400_000);
  const until = new Date(Date.now() + 3_650 * 86_400_000);
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const names = der(tag.sequence, der(0x82, Buffer.from('localhost')), der(0x87, Uint8Array.of(127, 0, 0, 1)));
  const extensions = der(0xa3, der(tag.sequence,
    extension('551d13', true, der(tag.sequence, der(tag.boolean, Uint8Array.of(0xff)))),
    extension('551d0e', false, der(tag.octets, createHash('sha1').update(spki).digest())),
    extension('551d11', false, names)));
  const body = der(tag.sequence, der(0xa0, der(tag.integer, Uint8Array.of(2))), der(tag.integer, serial), ecdsaWithSha256, name, der(tag.sequence, time(from), time(until)), name, spki, extensions);
  const signature = sign('sha256', body, privateKey);
  const whole = der(tag.sequence, body, ecdsaWithSha256, der(tag.bits, Uint8Array.of(0), signature));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  };
}
