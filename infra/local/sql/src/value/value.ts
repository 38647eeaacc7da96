/**
 * A T-SQL value as the engine holds it, between wire and store:
 * integers and bits as number (bigint beyond 2^53), decimals as integers scaled by 10^scale, times as microseconds since 1970 UTC,
 * uniqueidentifiers as upper-case text, binaries as bytes.
 */
export type Value = null | number | bigint | string | Uint8Array;
