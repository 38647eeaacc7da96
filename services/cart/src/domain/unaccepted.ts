/** No route has taken a checkout for certain. */
export class Unaccepted extends Error {
  override readonly name = 'Unaccepted';
  readonly why: readonly [database: unknown, reason: string, bus?: unknown];

  /**
   * @param isKnown it is certain that no route has; otherwise one may have, and only sending the same again tells.
   * @param why what is wrong with the database, in words, and what with the bus if it was tried.
   */
  constructor(readonly isKnown: boolean, ...why: readonly [database: unknown, reason: string, bus?: unknown]) {
    super(why[1], { cause: why[0] });
    this.why = why;
  }
}
