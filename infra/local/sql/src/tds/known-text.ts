const CAPACITY = 4096;
const LARGEST = 64 * 1024;

interface Known { readonly bytes: Buffer; readonly text: string }

const byHash = new Map<number, Known>();

/**
 * UTF-16LE as text, the same string object for the same bytes: a statement comes thousands of times, and comparing its bytes costs a
 * fraction of decoding and hashing it again.
 */
export function knownText(bytes: Buffer): string {
  if (bytes.length < 64 || bytes.length > LARGEST) return bytes.toString('utf16le');
  const hash = hashOf(bytes);
  const known = byHash.get(hash);
  if (known?.bytes.equals(bytes)) return known.text;
  const text = bytes.toString('utf16le');
  if (byHash.size >= CAPACITY) byHash.clear();
  byHash.set(hash, { bytes: Buffer.from(bytes), text });
  return text;
}

/** The length and 32 characters spread over the text; what clashes is decoded, which is right and slower. */
function hashOf(bytes: Buffer): number {
  const step = Math.max(2, Math.floor(bytes.length / 64) * 2);
  let hash = bytes.length;
  for (let i = 0; i < bytes.length; i += step) hash = Math.imul(hash, 31) + (bytes[i] ?? 0) | 0;
  return hash;
}
