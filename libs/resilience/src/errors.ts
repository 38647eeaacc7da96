/** The dependency is not answering. Nothing is wrong with the message or the request: handle it again later. */
export class DependencyUnavailable extends Error {
  override readonly name: string = 'DependencyUnavailable';

  /** Names the outage, while one is known. */
  readonly incidentId: string | undefined;

  constructor(readonly dependency: string, readonly retryAfterMs: number, options?: ErrorOptions & { readonly incidentId?: string | undefined }) {
    super(`${dependency} is unavailable; ask again in ${Math.ceil(retryAfterMs)} ms`, options);
    this.incidentId = options?.incidentId;
  }
}

/**
 * As many calls as the dependency may serve at once are in flight, and the queue behind them is full or took too long.
 * The dependency itself may be well, so this never counts against it.
 */
export class BulkheadFull extends DependencyUnavailable {
  override readonly name = 'BulkheadFull';
}

/** The call took longer than it may. Whether the dependency did the work is *unknown*: a time-out is not a failure. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
  readonly code = 'DEADLINE';

  constructor(readonly deadlineMs: number) {
    super(`no answer within ${deadlineMs} ms`);
  }
}
