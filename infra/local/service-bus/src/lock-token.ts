import { randomBytes } from 'node:crypto';

/**
 * A lock token is a GUID made of eight random bytes of this process and a counter (specification §6.3). The counter alone finds the
 * lock; the random half keeps tokens of an earlier process from being taken for ours.
 */
const processHalf = randomBytes(8);
/** The same half in network byte order, as `$management` bodies carry it: .NET swaps the first three groups of a GUID. */
const processHalfInNetworkOrder = Buffer.from([3, 2, 1, 0, 5, 4, 7, 6].map((index) => processHalf.readUInt8(index)));

let lastLockId = 0;

export function nextLockId(): number {
  lastLockId += 1;
  return lastLockId;
}

/** Writes the token as a delivery tag: the .NET little-endian layout. */
export function lockTokenInto(bytes: Buffer, at: number, lockId: number): void {
  bytes.set(processHalf, at);
  bytes.writeUInt32BE(Math.floor(lockId / 0x1_0000_0000), at + 8);
  bytes.writeUInt32BE(lockId >>> 0, at + 12);
}

/** The token as an AMQP uuid: network byte order. */
export function lockTokenUuid(lockId: number): Buffer {
  const uuid = Buffer.alloc(16);
  uuid.set(processHalfInNetworkOrder, 0);
  uuid.writeUInt32BE(Math.floor(lockId / 0x1_0000_0000), 8);
  uuid.writeUInt32BE(lockId >>> 0, 12);
  return uuid;
}

/** The lock a network-order uuid names, or 0 when it is not one of this process. */
export function lockIdOf(uuid: Buffer): number {
  if (uuid.length !== 16 || !uuid.subarray(0, 8).equals(processHalfInNetworkOrder)) return 0;
  return uuid.readUInt32BE(8) * 0x1_0000_0000 + uuid.readUInt32BE(12);
}
