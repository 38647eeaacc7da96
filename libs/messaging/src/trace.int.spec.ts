import { trace } from '@opentelemetry/api';
import { newTraceparent, spanIdOf, traceIdOf } from '@checkout/observability';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { inventory } from '@checkout/contracts';
import { sellTwo, tenantId } from './testing/shelf.ts';
import { eventually, ofSale, Shop, Town } from './testing/shop.ts';

const exporter = new InMemorySpanExporter();
let town: Town;
let shop: Shop;
beforeAll(async () => {
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  town = await Town.open();
  shop = new Shop(town);
  await shop.open();
});
afterAll(async () => {
  await shop.close();
  await town[Symbol.asyncDispose]();
  trace.disable();
});

it('is one trace from a request, over its commit and the bus, to the handler of the message it led to', async () => {
  // given
  const request = newTraceparent();
  const finished = (name: string): ReadableSpan | undefined =>
    exporter.getFinishedSpans().find((span) => span.name === name && span.spanContext().traceId === traceIdOf(request));

  // when
  await shop.pipeline.submit(sellTwo, { type: 'shelf.sell-two', body: ofSale() }, { tenantId, traceparent: request });
  await eventually(() => expect(finished(`handle ${inventory.ReleaseStock.type}`)).toBeDefined());

  // then
  const [input, message] = [finished('handle shelf.sell-two'), finished(`handle ${inventory.ReleaseStock.type}`)];
  expect(input?.parentSpanContext?.spanId).toBe(spanIdOf(request));
  expect(message?.parentSpanContext?.spanId).toBe(input?.spanContext().spanId);
  const commits = exporter.getFinishedSpans().filter((span) => span.name === 'commit batch' && span.spanContext().traceId === traceIdOf(request));
  expect(commits.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([input, message].map((span) => span?.spanContext().spanId));
});
