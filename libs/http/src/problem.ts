import { meaningOf, type Code } from './codes.ts';

export type Outcome = 'not_accepted' | 'accepted' | 'unknown';
export type MoneyMoved = 'no' | 'yes' | 'unknown';

/** One thing wrong with the request. `pointer` is a JSON pointer into the body (RFC 6901); `detail` never repeats the input. */
export interface FieldError {
  readonly pointer: string;
  readonly code: Code;
  readonly detail: string;
}

export interface ProblemOptions extends ErrorOptions {
  readonly detail?: string | undefined;
  readonly errors?: readonly FieldError[] | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly outcome?: Outcome;
  readonly moneyMoved?: MoneyMoved;
  readonly action?: string;
  /** More members for this code, such as the address of the sale that a key already made. */
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** A problem document (RFC 9457), plus what a till must know: was it accepted, did money move, what now. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly instance: string;
  readonly code: Code;
  readonly traceId: string;
  readonly errors?: readonly FieldError[];
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly outcome: Outcome;
  readonly moneyMoved: MoneyMoved;
  readonly action: string;
}

export const problemMediaType = 'application/problem+json';

/** Of these alone nobody can say that nothing happened. */
const uncertain: ReadonlySet<Code> = new Set(['internal', 'accept-unknown']);

/** An answer that is an error. Throw it anywhere below a route; the filter writes it. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: Code;
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  readonly #options: ProblemOptions;

  constructor(code: Code, options: ProblemOptions = {}) {
    super(options.detail ?? meaningOf(code).title, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = meaningOf(code).status;
    this.retryAfterMs = options.retryAfterMs === undefined ? undefined : Math.ceil(options.retryAfterMs);
    this.#options = options;
  }

  document(instance: string, traceId: string): ProblemDocument {
    const { title, status, action, retryable } = meaningOf(this.code);
    const { retryAfterMs } = this;
    const { detail, errors, outcome, moneyMoved, extensions } = this.#options;
    const isUncertain = uncertain.has(this.code);
    return {
      ...extensions,
      type: `https://errors.scanlon-checkout.dev/${this.code}`,
      title,
      status,
      ...(detail !== undefined && { detail }),
      instance,
      code: this.code,
      traceId,
      ...(errors !== undefined && { errors }),
      retryable,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      outcome: outcome ?? (isUncertain ? 'unknown' : 'not_accepted'),
      moneyMoved: moneyMoved ?? (isUncertain ? 'unknown' : 'no'),
      action: this.#options.action ?? action,
    };
  }
}
