import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Attributes } from '@opentelemetry/api';
import { childOf, spanIdOf, traceIdOf, type Traceparent } from './trace.ts';

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER, internal: SpanKind.INTERNAL };

export interface SpanOptions {
  readonly kind: keyof typeof kinds;
  /** The span this one continues. Without it a new trace begins. */
  readonly parent?: Traceparent | undefined;
  readonly attributes?: Attributes;
}

/** An open span. `traceparent` is what to send on, whether or not anything records the span. */
export interface OpenSpan {
  readonly traceparent: Traceparent;
  set(attributes: Attributes): void;
  /** Closes the span; with an error it is marked as failed. */
  end(error?: unknown): void;
}

/**
 * Opens a span below a traceparent, so that one trace runs across HTTP, bus and SQL.
 * Without a registered OpenTelemetry SDK nothing is recorded and only the ids are made.
 */
export function openSpan(name: string, { kind, parent, attributes }: SpanOptions): OpenSpan {
  const own = childOf(parent);
  // childOf keeps a valid parent's trace id; for a new trace there is no parent to name.
  const continues = parent !== undefined && traceIdOf(own) === traceIdOf(parent);
  const context = continues
    ? trace.setSpanContext(ROOT_CONTEXT, { traceId: traceIdOf(parent), spanId: spanIdOf(parent), traceFlags: parseInt(parent.slice(53, 55), 16), isRemote: true })
    : ROOT_CONTEXT;
  const span = trace.getTracer('checkout').startSpan(name, { kind: kinds[kind], ...(attributes && { attributes }) }, context);
  const given = span.spanContext();
  // Without an SDK the API hands back the parent's ids (or zeros): those are not ours to send on.
  const isOurs = trace.isSpanContextValid(given) && !(continues && given.spanId === spanIdOf(parent));
  return {
    traceparent: isOurs ? `00-${given.traceId}-${given.spanId}-${given.traceFlags.toString(16).padStart(2, '0')}` : own,
    set: (more) => void span.setAttributes(more),
    end(error) {
      if (error !== undefined) {
        if (error instanceof Error) span.recordException(error);
        span.setStatus({ code: SpanStatusCode.ERROR, ...(error instanceof Error && { message: error.message }) });
      }
      span.end();
    },
  };
}

/** Runs work inside a span; the work gets the traceparent to send on. A throw marks the span as failed and passes through. */
export async function inSpan<T>(name: string, options: SpanOptions, work: (traceparent: Traceparent) => Promise<T>): Promise<T> {
  const span = openSpan(name, options);
  try {
    const result = await work(span.traceparent);
    span.end();
    return result;
  } catch (error) {
    span.end(error ?? new Error('rejected without a reason'));
    throw error;
  }
}
