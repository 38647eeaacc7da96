/**
 * How many partitions (Service Bus sessions) a topic's work is split into. A partition has one consumer at a time, so a store's
 * stock and receipt counter have one writer; more partitions let more instances share the work. Raising it is safe only when
 * the queues are empty, because it moves stores between partitions.
 */
export const partitionCount = 8;

/** Stores are spread by FNV-1a over tenant and store: stable for ever and even enough for tens of stores. */
export function partitionOf(tenantId: string, storeId: string): string {
  let hash = 0x811c9dc5;
  for (const text of [tenantId, '/', storeId]) {
    for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return `p${(hash >>> 0) % partitionCount}`;
}
