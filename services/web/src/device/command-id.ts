import type { CommandId } from '@checkout/kernel';

/** A time-ordered UUID, version 7 (RFC 9562 §5.7), made by this till: the identity of a sale before anybody has heard of it. */
export function newCommandId(nowMs: number = Date.now()): CommandId {
  const random = Array.from(crypto.getRandomValues(new Uint8Array(10)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const time = nowMs.toString(16).padStart(12, '0');
  const variant = (8 + (Number.parseInt(random.charAt(3), 16) & 3)).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(7, 19)}` as CommandId;
}
