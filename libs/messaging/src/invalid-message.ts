/**
 * The message itself cannot be right, so no retry can mend it: it is dead-lettered at once, with a stable code as the reason.
 * Neighbours in the batch are not affected.
 */
export class InvalidMessage extends Error {
  override readonly name = 'InvalidMessage';

  constructor(
    /** Stable, kebab-case: what operators group by. */
    readonly code: string,
    /** What was wrong, with what, and what to do. */
    description: string,
    options?: ErrorOptions,
  ) {
    super(description, options);
  }
}
