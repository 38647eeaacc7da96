import { meaningOf, type Code, type CodeMeaning, type Language } from '@checkout/contracts';

export type Outcome = CodeMeaning['outcome'];
export type MoneyMoved = CodeMeaning['moneyMoved'];

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
  /** What is down, by the names of the breakers that stand before it. */
  readonly dependencies?: readonly string[];
  /** Under which the outage is written down, while one is. */
  readonly incidentId?: string | undefined;
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
  readonly dependencies?: readonly string[];
  readonly incidentId?: string;
  /** What the request was about, where that is known: what to say when calling support. */
  readonly commandId?: string;
  readonly saleId?: string;
}

/** What a request is about. A route sets it on the request, so that every answer names it, whoever writes it. */
export interface Reference {
  readonly commandId: string;
  readonly saleId: string;
}

export const problemMediaType = 'application/problem+json';

/** An answer that is an error. Throw it anywhere below a route; the filter writes it. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: Code;
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  readonly #options: ProblemOptions;

  constructor(code: Code, options: ProblemOptions = {}) {
    super(options.detail ?? meaningOf(code).texts.en.title, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = meaningOf(code).status;
    this.retryAfterMs = options.retryAfterMs === undefined ? undefined : Math.ceil(options.retryAfterMs);
    this.#options = options;
  }

  /** @param language of the title and the action; details are for developers and stay English. */
  document(instance: string, traceId: string, { language = 'en', reference }: { readonly language?: Language; readonly reference?: Reference | undefined } = {}): ProblemDocument {
    const { status, retryable, outcome: usualOutcome, moneyMoved: usuallyMoved, texts } = meaningOf(this.code);
    const { title, action } = texts[language];
    const { retryAfterMs } = this;
    const { detail, errors, outcome, moneyMoved, dependencies, incidentId, extensions } = this.#options;
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
      outcome: outcome ?? usualOutcome,
      moneyMoved: moneyMoved ?? usuallyMoved,
      action,
      ...(dependencies && { dependencies }),
      ...(incidentId !== undefined && { incidentId }),
      ...reference,
    };
  }
}
