/** What the SDK's error is about: after a retry it comes as an AggregateError without a code, of which the last one speaks. */
export function causeOf(error: unknown): unknown {
  return error instanceof AggregateError && error.errors.length > 0 ? causeOf(error.errors.at(-1)) : error;
}
