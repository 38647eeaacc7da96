import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');

/** What a process loads that starts telemetry so, by the folders of packages. */
function loadedWith(options: string): readonly string[] {
  const program = `
    const { registerHooks } = await import('node:module');
    const loaded = new Set();
    registerHooks({ load: (url, context, next) => { const found = /node_modules\\/((?:@[^/]+\\/)?[^/]+)\\//.exec(url); if (found) loaded.add(found[1]); return next(url, context); } });
    const { startTelemetry } = await import(${JSON.stringify(join(root, 'libs/observability/src/telemetry.ts'))});
    const telemetry = await startTelemetry(${options});
    console.log(JSON.stringify([...loaded]));
    process.exit(0);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--conditions=@checkout/source', '--import', join(root, 'tools/swc-hook.mjs'), '--input-type=module', '--eval', program], { cwd: root, encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as string[];
}

it('loads nothing when nobody wants traces', () => {
  expect(loadedWith(`{ service: 'cart', version: '1' }`).filter((name) => /opentelemetry/.test(name))).toEqual([]);
});

it('loads the SDK for a collector, and not that of Azure', () => {
  const loaded = loadedWith(`{ service: 'cart', version: '1', otlpEndpoint: 'http://127.0.0.1:9' }`);
  expect(loaded).toContain('@opentelemetry/sdk-node');
  expect(loaded).not.toContain('@azure/monitor-opentelemetry');
}, 60_000);

it('loads that of Azure Monitor for Application Insights', () => {
  expect(loadedWith(`{ service: 'cart', version: '1', applicationInsights: 'InstrumentationKey=6a5f0e0c-2f4e-4a63-9d0c-0a54c3d1b7aa;IngestionEndpoint=http://127.0.0.1:9/' }`)).toContain('@azure/monitor-opentelemetry');
}, 60_000);
