import { DependencyUnavailable } from '@checkout/resilience';

/** Somebody keeps rows that the unit of work wants. It has waited for them, and changed nothing; a unit of work that wants others may go through. */
export class RowsTaken extends DependencyUnavailable {
  override readonly name = 'RowsTaken';
}

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

/** A row is not what the code expects: table and code have drifted apart. A defect of ours, whoever asked: not to be told like the ZodError of a request. */
export class RowMismatch extends Error {
  override readonly name = 'RowMismatch';

  constructor(readonly database: string, cause: Error) {
    super(`a row of ${database} is not what the code expects: ${cause.message}`, { cause });
  }
}

/** A statement brings rows without end: a defect of ours. Lists are read in pages. */
export class TooManyRows extends Error {
  override readonly name = 'TooManyRows';

  constructor(readonly most: number) {
    super(`more than ${most} rows came back; read them in pages`);
  }
}
