import { context, ROOT_CONTEXT, SpanKind, trace, type Span, type SpanContext, type SpanOptions, type Tracer } from '@opentelemetry/api';
import { childOf, inSpan, newTraceparent, openSpan, parseTraceparent, spanIdOf, traceIdOf } from './index.ts';

const valid = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

it('makes traceparents that never repeat', () => {
  const made = Array.from({ length: 10_000 }, newTraceparent);
  expect(new Set(made).size).toBe(10_000);
  for (const each of made) expect(parseTraceparent(each)).toBe(each);
});

it('makes a child in the same trace with the same flags', () => {
  const child = childOf('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00');
  expect(child).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-00$/);
  expect(traceIdOf(child)).toBe('0af7651916cd43dd8448eb211c80319c');
  expect(spanIdOf(child)).toHaveLength(16);
});

it.each([
  ['nothing', undefined],
  ['a list', [valid]],
  ['an empty text', ''],
  ['upper case', valid.toUpperCase()],
  ['a trace id of zeros', '00-00000000000000000000000000000000-b7ad6b7169203331-01'],
  ['a span id of zeros', '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01'],
  ['the forbidden version', valid.replace(/^00/, 'ff')],
  ['a tail that version 00 does not have', `${valid}-extra`],
  ['a line break', `${valid}\n`],
  ['a long text', `${valid}-${'x'.repeat(1_000)}`],
])('starts a new trace for %s', (_, header) => {
  expect(parseTraceparent(header)).toBeUndefined();
  expect(traceIdOf(childOf(header))).not.toBe(traceIdOf(valid));
});

it('reads a later version as far as it knows it', () => {
  expect(parseTraceparent(`${valid.replace(/^00/, '01')}-more`)).toBe(valid);
});

describe('without an SDK', () => {
  it('makes its own ids, so that the trace runs on', async () => {
    const span = openSpan('work', { kind: 'server', parent: valid });
    expect(traceIdOf(span.traceparent)).toBe(traceIdOf(valid));
    expect(spanIdOf(span.traceparent)).not.toBe(spanIdOf(valid));
    span.end(new Error('no matter'));
    expect(parseTraceparent(openSpan('root', { kind: 'internal' }).traceparent)).toBeDefined();
    await expect(inSpan('failing', { kind: 'client' }, () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  });
});

describe('with an SDK', () => {
  const opened: { name: string; options: SpanOptions; parent: SpanContext | undefined }[] = [];
  const ended: string[] = [];
  const tracer: Pick<Tracer, 'startSpan'> = {
    startSpan(name, options = {}, within = ROOT_CONTEXT) {
      const parent = trace.getSpanContext(within);
      opened.push({ name, options, parent });
      const own = { traceId: parent?.traceId ?? '1'.repeat(32), spanId: `${opened.length}`.padStart(16, 'a'), traceFlags: 1 };
      const span: Partial<Span> = { spanContext: () => own, end: () => void ended.push(name), setStatus: () => span as Span, recordException: () => undefined, setAttributes: () => span as Span };
      return span as Span;
    },
  };
  beforeAll(() => trace.setGlobalTracerProvider({ getTracer: () => tracer as Tracer }));
  afterAll(() => {
    trace.disable();
    context.disable();
  });

  it('sends on the ids of the span that is recorded, below its parent', async () => {
    const sent = await inSpan('send', { kind: 'producer', parent: valid }, (traceparent) => Promise.resolve(traceparent));
    expect(opened.at(-1)).toMatchObject({ name: 'send', options: { kind: SpanKind.PRODUCER }, parent: { traceId: traceIdOf(valid), spanId: spanIdOf(valid), isRemote: true } });
    expect(sent).toBe(`00-${traceIdOf(valid)}-aaaaaaaaaaaaaaa1-01`);
    expect(ended).toEqual(['send']);
  });
});
