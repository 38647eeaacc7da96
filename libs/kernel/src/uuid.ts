import { randomFillSync } from 'node:crypto';

/** Random bytes are drawn in bulk: one system call serves a thousand ids. */
const pool = Buffer.allocUnsafe(10 * 1024);
let used = pool.length;

/** A time-ordered UUID, version 7 (RFC 9562 §5.7): new rows land at the end of an index instead of all over it. */
export function uuidv7(nowMs: number = Date.now()): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.toString('hex', used, (used += 10));
  const time = nowMs.toString(16).padStart(12, '0');
  const variant = (8 + (Number.parseInt(random.charAt(3), 16) & 3)).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(7, 19)}`;
}

/** When a version 7 UUID was made, in milliseconds since 1970. */
export const timeOfUuid = (id: string): number => Number.parseInt(`${id.slice(0, 8)}${id.slice(9, 13)}`, 16);
