import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { breakfast, card, totalOf } from '@checkout/local-network';
import { World } from './world.ts';

interface Span {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[] };
    readonly scopeSpans: readonly { readonly spans: readonly Omit<Span, 'service'>[] }[];
  }[];
}

/** A collector that keeps what it is sent: OTLP over HTTP, as JSON. */
class Collector {
  readonly spans: Span[] = [];
  readonly #server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const body = Buffer.concat(chunks);
      this.#take(JSON.parse((request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8')) as Export);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => void this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #take({ resourceSpans }: Export): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '?';
      for (const { spans } of scopeSpans) this.spans.push(...spans.map((span) => ({ ...span, service })));
    }
  }
}

const collector = new Collector();
let world: World;
let client: ServiceBusClient;
beforeAll(async () => {
  world = await World.create({ OTEL_EXPORTER_OTLP_ENDPOINT: await collector.listen(), OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_BSP_SCHEDULE_DELAY: '200' });
  client = new ServiceBusClient(world.network.serviceBusConnection);
}, 90_000);
afterAll(async () => {
  await client?.close();
  await world?.close();
  collector.close();
});

it('is one trace from the till, through every service and topic, to the sale event', async () => {
  // given
  const receiver = client.createReceiver('sale-events', 'back-office', { receiveMode: 'receiveAndDelete' });
  const total = totalOf(breakfast);

  // when
  const { body } = await world.till.checkout({ lines: breakfast, currency: 'GBP', totalMinor: total, tenders: [card(total)] });
  expect(body.state).toBe('completed');
  const event = await eventOf(body.saleId);
  const traceId = String(event.applicationProperties?.['traceparent']).split('-')[1] ?? '';

  // then
  const handled = (service: string, name: string): boolean => collector.spans.some((span) => span.traceId === traceId && span.service === service && span.name.startsWith(name));
  const steps: readonly (readonly [string, string])[] = [
    ['cart', 'POST /v1/checkouts'], ['orchestrator', 'handle checkout.checkout-requested'], ['inventory', 'handle inventory.reserve-stock'], ['payment', 'handle payment.authorize-payment'],
    ['payment', 'provider capture'], ['inventory', 'handle inventory.commit-stock'], ['receipt', 'handle receipt.issue-receipt'], ['cart', 'handle checkout.checkout-completed'],
  ];
  // Each but the first has its parent in the same trace: no piece hangs in the air. Every service exports its own when it is time.
  const roots = (): string[] => {
    const trace = collector.spans.filter((span) => span.traceId === traceId);
    return trace.filter(({ parentSpanId }) => !trace.some(({ spanId }) => spanId === parentSpanId)).map(({ service, name }) => `${service}: ${name}`);
  };
  const giveUpAt = Date.now() + 30_000;
  while (Date.now() < giveUpAt && !(steps.every(([service, name]) => handled(service, name)) && roots().length === 1)) await sleep(100);
  expect(steps.filter(([service, name]) => !handled(service, name))).toEqual([]);
  expect(roots()).toEqual(['cart: POST /v1/checkouts']);

  async function eventOf(saleId: string): Promise<ServiceBusReceivedMessage> {
    for (let tries = 0; tries < 30; tries += 1) {
      for (const message of await receiver.receiveMessages(20, { maxWaitTimeInMs: 1_000 })) {
        if (JSON.stringify(message.body).includes(saleId)) return message;
      }
    }
    throw new Error(`No sale event of ${saleId} came.`);
  }
}, 120_000);
