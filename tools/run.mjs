// The one launcher behind every npm script: installs when an install is due, then runs the task on the pinned Node.
import { spawn, spawnSync } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { isInstalled, pinnedNode, root } from './node-runtime.mjs';

/** How source is run without a build step: the source condition of our packages, and swc for TypeScript. */
const source = ['--conditions=@checkout/source', '--enable-source-maps', '--disable-warning=ExperimentalWarning', '--import', join(root, 'tools/swc-hook.mjs')];
const bin = (path) => join(root, 'node_modules', path);

const tasks = {
  start: [...source, 'infra/local/network/src/start.ts'],
  reset: [...source, 'infra/local/network/src/reset.ts'],
  sale: [...source, 'infra/local/network/src/sale.ts'],
  demo: [...source, 'infra/local/network/src/demo.ts'],
  bench: [...source, 'tests/bench/src/bench.ts'],
  'bench:bus': [...source, 'infra/local/service-bus/src/bench.ts'],
  'bench:sql': [...source, 'infra/local/sql/src/bench.ts'],
  conformance: ['tools/conformance.mjs'],
  chaos: [...source, 'tests/chaos/src/chaos.ts'],
  incident: [...source, 'tests/chaos/src/incident.ts'],
  bus: [...source, 'infra/local/service-bus/src/cli.ts'],
  screens: [...source, 'tests/till/src/screens.ts'],
  desk: [...source, 'infra/local/network/src/desk.ts'],
  config: [...source, 'tests/deploy/src/config.ts'],
  generate: [...source, 'libs/contracts/src/generate/main.ts'],
  typecheck: ['tools/typecheck.mjs'],
  lint: [bin('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings'],
  jest: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', bin('jest/bin/jest.js')],
  nx: [bin('nx/dist/bin/nx.js')],
  test: ['tools/test.mjs'],
  file: source,
};

const [name, ...args] = process.argv.slice(2);
const task = tasks[name];
if (!task) {
  console.error(`There is no task "${name}". There are: ${Object.keys(tasks).join(', ')}.`);
  process.exit(2);
}

if (!isInstalled()) {
  console.error('Installing dependencies (once; only the package registry is needed) ...');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status } = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (status !== 0) process.exit(status ?? 1);
  spawnSync(process.execPath, [join(root, 'tools/link-node.mjs')], { stdio: 'inherit' });
}

const node = pinnedNode();
const child = spawn(node, [...task, ...args], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    PATH: [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, 'node_modules', '.cache', 'node-compile'),
  },
});
// A terminal sends Ctrl-C to the whole group, so the child has it already; a supervisor's signal reaches only us.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
