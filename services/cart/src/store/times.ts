/** A time as a list carries it to SQL: DATETIME2 has no zone, and every time of ours is UTC. */
export const sqlTime = (ms: number): string => new Date(ms).toISOString().slice(0, -1);
