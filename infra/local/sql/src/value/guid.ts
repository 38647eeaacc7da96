const pattern = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/i;

/** Upper-case text of a UNIQUEIDENTIFIER, or undefined when the text is none. */
export const parseGuid = (text: string): string | undefined => pattern.exec(text)?.[1]?.toUpperCase();

/** [MS-DTYP] 2.3.4.2: the first three groups are little-endian, the last two are byte by byte. */
const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

export function guidFromBytes(bytes: Buffer, at: number): string {
  const hex = bytes.toString('hex', at, at + 16).toUpperCase();
  const part = (from: number, to: number) => hex.slice(from, to);
  return `${part(6, 8)}${part(4, 6)}${part(2, 4)}${part(0, 2)}-${part(10, 12)}${part(8, 10)}-${part(14, 16)}${part(12, 14)}-${part(16, 20)}-${part(20, 32)}`;
}

export function guidToBytes(text: string): Buffer {
  const plain = Buffer.from(text.replaceAll('-', ''), 'hex');
  return Buffer.from(order.map((i) => plain[i] ?? 0));
}

/** SQL Server sorts UNIQUEIDENTIFIERs by their last group first; ordering by this text gives the same order. */
export function guidSortKey(text: string): string {
  const [a = '', b = '', c = '', d = '', e = ''] = text.split('-');
  const reversed = (group: string) => (group.match(/../g) ?? []).reverse().join('');
  return e + d + reversed(c) + reversed(b) + reversed(a);
}
