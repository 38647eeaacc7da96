/** Small AMQP encodings for the cold paths: errors, spliced property sections (AMQP 1.0 §1.6). */

const SMALL = 255;

export function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  return variable(0xa1, 0xb1, bytes);
}

export function symbol(value: string): Buffer {
  return variable(0xa3, 0xb3, Buffer.from(value, 'ascii'));
}

function variable(small: number, large: number, bytes: Buffer): Buffer {
  if (bytes.length <= SMALL) return Buffer.concat([Buffer.of(small, bytes.length), bytes]);
  const head = Buffer.alloc(5);
  head.writeUInt8(large, 0);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

/** A list32 or map32 of already encoded items. */
export function compound(kind: 'list' | 'map', items: readonly Buffer[], count: number): Buffer {
  const body = Buffer.concat(items);
  const head = Buffer.alloc(9);
  head.writeUInt8(kind === 'list' ? 0xd0 : 0xd1, 0);
  head.writeUInt32BE(body.length + 4, 1);
  head.writeUInt32BE(count, 5);
  return Buffer.concat([head, body]);
}

/** A described value whose descriptor is a small ulong, as all of the specification's own are (AMQP 1.0 §1.2). */
export function described(code: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.of(0x00, 0x53, code), value]);
}

/** A property value a client sent through rhea, encoded again. Whole numbers become longs: AMQP has no "number". */
export function propertyValue(value: unknown): Buffer {
  switch (typeof value) {
    case 'string':
      return text(value);
    case 'boolean':
      return Buffer.of(value ? 0x41 : 0x42);
    case 'bigint':
      return long(value);
    case 'number': {
      if (Number.isSafeInteger(value)) return long(BigInt(value));
      const bytes = Buffer.alloc(9);
      bytes.writeUInt8(0x82, 0);
      bytes.writeDoubleBE(value, 1);
      return bytes;
    }
    default: {
      if (value instanceof Date) {
        const bytes = Buffer.alloc(9);
        bytes.writeUInt8(0x83, 0);
        bytes.writeBigInt64BE(BigInt(value.getTime()), 1);
        return bytes;
      }
      if (Buffer.isBuffer(value)) return variable(0xa0, 0xb0, value);
      return Buffer.of(0x40);
    }
  }
}

function long(value: bigint): Buffer {
  const bytes = Buffer.alloc(9);
  bytes.writeUInt8(0x81, 0);
  bytes.writeBigInt64BE(value, 1);
  return bytes;
}
