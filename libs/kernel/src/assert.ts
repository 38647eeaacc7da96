/** Says what must hold for the program to be right. A failure is a defect of ours, never bad input. */
export function assert(condition: unknown, why: string): asserts condition {
  if (!condition) throw new Error(`This must not happen: ${why}`);
}

/** The `default` of an exhaustive switch: a new case is a compile error until it is handled. */
export function unreachable(value: never): never {
  throw new Error(`This must not happen: unexpected ${JSON.stringify(value)}`);
}
