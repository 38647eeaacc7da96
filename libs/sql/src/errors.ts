/**
 * The unit of work was refused as a whole, because somebody else got there first: a row is there already (`duplicate`), or a version or
 * predicate did not hold (`version`, raised by the statement itself as `THROW 51001, '<what>', 1`). Load again and decide again.
 */
export class Conflict extends Error {
  override readonly name = 'Conflict';

  /** @param on the constraint or index for a duplicate, the text of the THROW for a version. */
  constructor(readonly kind: 'duplicate' | 'version', readonly on: string, options?: ErrorOptions) {
    super(`${kind === 'duplicate' ? 'there is one already' : 'changed meanwhile'}: ${on}`, options);
  }
}

/**
 * The unit of work was sent and no answer came: it may or may not have been committed. Run the same idempotent batch again to find out;
 * never report it as failed.
 */
export class CommitUnknown extends Error {
  override readonly name = 'CommitUnknown';

  constructor(readonly database: string, options?: ErrorOptions) {
    super(`whether ${database} committed is unknown; run the same batch again`, options);
  }
}
