import { type AmqpValue, openCompound, readText, readValue, skipValue, u8 } from '../wire/decode.ts';
import type { Content } from '../wire/content.ts';

/** Fields of the properties section a filter may name, by their index (AMQP 1.0 §3.2.4). */
export const systemFields: Readonly<Record<string, number>> = {
  messageid: 0, to: 2, label: 3, subject: 3, replyto: 4, correlationid: 5, contenttype: 6, sessionid: 10, replytosessionid: 12,
};

const NULL = 0x40;

/** A property name to look for. Names are compared without regard to case, as bytes, so that nothing is decoded to find out. */
export interface PropertyName {
  readonly text: string;
  readonly lower: Buffer;
}

export const propertyName = (name: string): PropertyName => ({ text: name, lower: Buffer.from(name.toLowerCase(), 'utf8') });

/**
 * A message as rules see it, shared by all subscriptions of a topic. Presence of an application property is decided on the raw bytes;
 * a value is decoded only when a rule compares it.
 */
export class FilterSubject {
  readonly #content: Content;
  /** Offsets of the application-property keys; made on first use. */
  #keys: number[] | undefined;

  constructor(content: Content) {
    this.#content = content;
  }

  /** Whether the application property exists and is not null. */
  has(name: PropertyName): boolean {
    const at = this.#valueAt(name);
    return at >= 0 && u8(this.#content.bytes, at) !== NULL;
  }

  property(name: PropertyName): AmqpValue {
    const at = this.#valueAt(name);
    return at < 0 ? null : readValue(this.#content.bytes, at);
  }

  /** The name as the message spells it. */
  spelling(name: string): string | undefined {
    const lower = name.toLowerCase();
    return (this.#keys ??= keysOf(this.#content)).map((at) => readText(this.#content.bytes, at)).find((key) => key?.toLowerCase() === lower);
  }

  /** Whether the application property is exactly this text. */
  isText(name: PropertyName, expected: Buffer): boolean | undefined {
    const { bytes } = this.#content;
    const at = this.#valueAt(name);
    if (at < 0) return undefined;
    const code = u8(bytes, at);
    if (code === NULL) return undefined;
    if (code !== 0xa1 && code !== 0xa3) {
      const value = readValue(bytes, at);
      return typeof value === 'string' ? value === expected.toString('utf8') : undefined;
    }
    const length = u8(bytes, at + 1);
    return length === expected.length && bytes.compare(expected, 0, length, at + 2, at + 2 + length) === 0;
  }

  system(index: number): AmqpValue {
    const { bytes, propertiesAt } = this.#content;
    if (propertiesAt < 0) return null;
    const list = openCompound(bytes, propertiesAt);
    if (index >= list.count) return null;
    let at = list.first;
    for (let skipped = 0; skipped < index; skipped += 1) at = skipValue(bytes, at);
    return readValue(bytes, at);
  }

  #valueAt(name: PropertyName): number {
    const { bytes } = this.#content;
    const keys = (this.#keys ??= keysOf(this.#content));
    for (const at of keys) {
      const isShort = bytes[at] === 0xa1 || bytes[at] === 0xa3;
      const textAt = isShort ? at + 2 : at + 5;
      const length = isShort ? u8(bytes, at + 1) : bytes.readUInt32BE(at + 1);
      if (length === name.lower.length && equalsIgnoringCase(bytes, textAt, name.lower)) return textAt + length;
    }
    return -1;
  }
}

function keysOf({ bytes, applicationAt }: Content): number[] {
  if (applicationAt < 0) return [];
  const map = openCompound(bytes, u8(bytes, applicationAt + 1) === 0x53 ? applicationAt + 3 : skipValue(bytes, applicationAt + 1));
  const keys: number[] = [];
  for (let index = 0, at = map.first; index < map.count; index += 2) {
    keys.push(at);
    at = skipValue(bytes, skipValue(bytes, at));
  }
  return keys;
}

function equalsIgnoringCase(bytes: Buffer, at: number, lower: Buffer): boolean {
  for (let index = 0; index < lower.length; index += 1) {
    const byte = bytes[at + index] ?? 0;
    const folded = byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
    if (folded !== lower[index]) return false;
  }
  return true;
}
