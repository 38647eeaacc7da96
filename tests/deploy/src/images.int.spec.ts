import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startIdentity } from '@checkout/local-identity';
import { startServiceBus, type EmulatorConfig } from '@checkout/local-service-bus';
import { startSqlServer } from '@checkout/local-sql';
import { healthChecksOf } from './compose.ts';
import { Tree } from './tree.ts';

const services = ['cart', 'orchestrator', 'inventory', 'payment', 'receipt', 'functions'];
const images = [...services.map((name) => `services/${name}`), 'infra/local/functions', 'infra/local/network'];
const root = Tree.root.directory;
let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'checkout-images-'));
  const { status, stderr } = spawnSync(process.execPath, ['tools/image.mjs', scratch, ...images], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The images were not laid out: ${stderr}`);
}, 120_000);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const filesBelow = (directory: string, below = ''): string[] => readdirSync(join(directory, below), { withFileTypes: true })
  .flatMap((entry) => (entry.isDirectory() ? filesBelow(directory, join(below, entry.name)) : [join(below, entry.name)]));

const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { readonly packages: Readonly<Record<string, { readonly dev?: boolean }>> };
/** What only those who build and test need, by the lockfile. Some stand-ins are programs that need one of them: the Functions host reads its schedules by croner. */
const forDevelopers = new Set(Object.entries(lock.packages).filter(([path, { dev }]) => dev === true && path !== 'node_modules/croner').map(([path]) => path));
const packageOf = (path: string): string | undefined => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0];

/** What must not be in an image, by the path. Packages of others keep their own habits, apart from types and documents. */
const unwanted: readonly [string, (path: string) => boolean][] = [
  ['source', (path) => /\.tsx?$/.test(path)],
  ['a test', (path) => isOurs(path) && /\.spec\.|(?:^|\/)testing(?:\/|\.)|\bfixtures?\//.test(path)],
  ['a secret', (path) => /(?:^|\/)\.env|clients\.json$|\.pem$|\.key$|\.pfx$|id_rsa|\.npmrc$/.test(path)],
  ['a development dependency', (path) => forDevelopers.has(packageOf(path) ?? '')],
  ['somebody\'s machine', (path) => /(?:^|\/)\.(?:git|nx|state)\//.test(path)],
];
const isOurs = (path: string): boolean => !path.startsWith('node_modules/') || path.startsWith('node_modules/@checkout/');

const faultsOf = (paths: readonly string[]): string[] => paths.flatMap((path) => unwanted.filter(([, is]) => is(path)).map(([what]) => `${path} is ${what}`));

it.each(images)('the image of %s holds no source, no test, no secret and nothing of development', (image) => {
  const paths = filesBelow(join(scratch, image));
  expect(paths.length).toBeGreaterThan(10);
  expect(faultsOf(paths)).toEqual([]);
});

it.each([
  ['dist/main.ts', 'source'], ['node_modules/@checkout/sql/dist/testing.js', 'a test'], ['dist/basket.spec.js', 'a test'], ['.env', 'a secret'],
  ['node_modules/jest/package.json', 'a development dependency'], ['.state/identity/clients.json', 'a secret'],
])('%s would be found in an image: %s', (path, what) => {
  expect(faultsOf([path])).toContain(`${path} is ${what}`);
});

it('brings every service\'s migrations, and no machine\'s paths', () => {
  for (const service of services) {
    const own = readdirSync(join(root, 'services', service, 'src/store/migrations'));
    expect(readdirSync(join(scratch, 'services', service, 'dist/store/migrations')).toSorted()).toEqual(own.toSorted());
    expect(existsSync(join(scratch, 'services', service, 'dist/migrate.js'))).toBe(true);
  }
  const ours = filesBelow(join(scratch, 'services/cart')).filter((path) => isOurs(path) && path.endsWith('.js'));
  expect(ours.filter((path) => readFileSync(join(scratch, 'services/cart', path), 'utf8').includes(root))).toEqual([]);
});

/** As a container runs it: its own folder, nothing of ours in the environment but the settings. */
function run(folder: string, file: string, environment: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [file], { cwd: folder, env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  return { child, exited, output: () => output };
}

it('is enough to migrate a database and to run a service, without a package or a source of this tree', async () => {
  const state = join(scratch, 'state');
  await using sql = await startSqlServer({ directory: join(state, 'sql'), databases: ['inventory'] });
  await using identity = await startIdentity({ directory: join(state, 'identity') });
  const bus = await startServiceBus({ directory: join(state, 'bus'), topology: JSON.parse(Tree.root.read('libs/contracts/generated/service-bus.json')) as EmulatorConfig });
  const folder = join(scratch, 'services/inventory');
  const settings = { SQL_CONNECTION: sql.connectionString('inventory'), LOG_LEVEL: 'info' };

  const migration = run(folder, 'dist/migrate.js', { ...settings, SERVICE_IDENTITY: 'id-inventory-test=35918bc9-196d-40ea-9779-889d79b753f0' });
  expect({ code: await migration.exited, output: migration.output() }).toMatchObject({ code: 0, output: expect.stringContaining('the database is up to date') as string });

  const service = run(folder, 'dist/main.js', {
    ...settings, PORT: '0', SERVICE_BUS_CONNECTION: bus.connectionString, AUTH_ISSUER: identity.issuer, AUTH_AUDIENCE: identity.audience, AUTH_JWKS_URL: identity.jwksUrl,
  });
  try {
    let port: string | undefined;
    for (let tries = 0; port === undefined && tries < 600; tries += 1) {
      port = /"port":(\d+)[^\n]*"ready"/.exec(service.output())?.[1];
      await sleep(50);
    }
    if (port === undefined) throw new Error(`inventory was not ready:\n${service.output()}`);
    expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
    // What the Dockerfile has Docker ask, asked as Docker asks it.
    const [, ...question] = healthChecksOf(Tree.root.read('Dockerfile')).get('inventory') ?? [];
    const asked = (at: string) => spawnSync(process.execPath, question, { cwd: folder, env: { PORT: at } }).status;
    expect([question[0], asked(port), asked('9')]).toEqual(['-e', 0, 1]);
  } finally {
    service.child.kill('SIGTERM');
    expect(await service.exited).toBe(0);
    await bus.close();
  }
}, 90_000);

it('ends before it serves when its settings are wrong, and says so in one line', async () => {
  const service = run(join(scratch, 'services/inventory'), 'dist/main.js', { PORT: 'eighty', SQL_CONNECTION: 'Server=x;Password=hunter2' });
  expect(await service.exited).not.toBe(0);
  expect(service.output()).toContain('PORT is not a whole number');
  expect(service.output()).toContain('SERVICE_BUS_CONNECTION is not set');
  expect(service.output()).not.toContain('hunter2');
}, 30_000);
