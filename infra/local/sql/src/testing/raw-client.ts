/** What a client sends, byte by byte, for tests in which it sends something else. */
export const packet = (type: number, body: Buffer, { status = 1, length = body.length + 8 } = {}) => {
  const header = Buffer.from([type, status, 0, 0, 0, 0, 1, 0]);
  header.writeUInt16BE(length, 2);
  return Buffer.concat([header, body]);
};

export const prelogin = packet(0x12, Buffer.from([1, 0, 6, 0, 1, 0xff, 2]));

/** LOGIN7 as the driver sends it, with one field made wrong. */
export function login(change: (body: Buffer) => void = () => {}): Buffer {
  const texts = ['host', 'sa', 'Local-only-1', 'app', 'server', '', 'lib', '', 'shop'];
  const body = Buffer.alloc(94 + texts.join('').length * 2);
  let at = 94;
  body.writeUInt32LE(4096, 8);
  for (const [i, text] of texts.entries()) {
    body.writeUInt16LE(at, 36 + i * 4);
    body.writeUInt16LE(text.length, 38 + i * 4);
    const bytes = Buffer.from(text, 'utf16le');
    (i === 2 ? bytes.map((byte) => (((byte << 4) | (byte >> 4)) & 0xff) ^ 0xa5) : bytes).forEach((byte, j) => body.writeUInt8(byte, at + j));
    at += bytes.length;
  }
  change(body);
  return packet(0x10, body);
}

/** ALL_HEADERS with nothing in it. */
export const headers = Buffer.from([4, 0, 0, 0]);
