import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { certificateOf } from '@checkout/local-service-bus';
import { Tree } from './tree.ts';

const root = Tree.root.directory;

/** As Application Insights takes it: https://learn.microsoft.com/azure/azure-monitor/app/data-model-complete */
interface Envelope {
  readonly data: { readonly baseType: string; readonly baseData: { readonly metrics?: readonly { readonly name: string; readonly value: number }[]; readonly properties?: Readonly<Record<string, string>> } };
  readonly tags: Readonly<Record<string, string>>;
}

it('sends Application Insights the metrics that alerts ask for, with their labels and whose they are, and no others', async () => {
  // given: the exporter speaks TLS and nothing else
  const directory = mkdtempSync(join(tmpdir(), 'checkout-insights-'));
  const certificate = certificateOf(directory);
  const envelopes: Envelope[] = [];
  const ingestion = createServer(certificate, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const sent = Buffer.concat(chunks);
      const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent).toString('utf8');
      const items = text.startsWith('[') ? (JSON.parse(text) as Envelope[]) : text.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Envelope);
      envelopes.push(...items);
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ itemsReceived: items.length, itemsAccepted: items.length, errors: [] }));
    });
  });
  ingestion.listen(0, '127.0.0.1');
  await once(ingestion, 'listening');
  const endpoint = `https://localhost:${(ingestion.address() as AddressInfo).port}/`;
  const program = `
    const { counter, gauge } = await import(${JSON.stringify(join(root, 'libs/observability/src/metrics.ts'))});
    const { startTelemetry } = await import(${JSON.stringify(join(root, 'libs/observability/src/telemetry.ts'))});
    const telemetry = await startTelemetry({ service: 'cart', version: '1', applicationInsights: 'InstrumentationKey=6a5f0e0c-2f4e-4a63-9d0c-0a54c3d1b7aa;IngestionEndpoint=${endpoint}' });
    counter('accept_total', 'accepted', ['via', 'outcome']).inc({ via: 'service-bus', outcome: 'accepted' }, 7);
    gauge('outbox_left_chunks', 'left', [], (self) => self.set(3));
    counter('not_asked_for_total', 'of no interest').inc();
    await telemetry.close();
    process.exit(0);`;

  // when
  const child = spawn(process.execPath, ['--conditions=@checkout/source', '--import', join(root, 'tools/swc-hook.mjs'), '--input-type=module', '--eval', program], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, NODE_EXTRA_CA_CERTS: join(directory, 'certificate.pem') } });
  await once(child, 'exit');
  ingestion.closeAllConnections();
  ingestion.close();
  rmSync(directory, { recursive: true, force: true });

  // then
  const sent = envelopes.filter(({ tags }) => tags['ai.cloud.role'] === 'cart').flatMap(({ data: { baseData } }) => (baseData.metrics ?? []).map(({ name, value }) => ({ name, value, ...baseData.properties })));
  expect(sent).toContainEqual(expect.objectContaining({ name: 'accept_total', value: 7, via: 'service-bus', outcome: 'accepted' }));
  expect(sent).toContainEqual(expect.objectContaining({ name: 'outbox_left_chunks', value: 3 }));
  expect(sent.map(({ name }) => name)).not.toContain('not_asked_for_total');
}, 120_000);
