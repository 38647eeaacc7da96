// One project's tests, as the Nx target "test": leaves its counts where the closing line of `npm test` is added up from.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pinnedNode, root } from './node-runtime.mjs';

const project = JSON.parse(readFileSync('package.json', 'utf8')).name;
const results = join(root, '.nx', 'results', `${project}.json`);
mkdirSync(dirname(results), { recursive: true });

// The Service Bus SDK's timers outlive its clients by minutes; nothing that a test promises is seen after its last line.
const { status } = spawnSync(pinnedNode(), [
  '--experimental-vm-modules', '--disable-warning=ExperimentalWarning', join(root, 'node_modules/jest/bin/jest.js'),
  '--selectProjects', relative(root, process.cwd()), '--passWithNoTests', '--forceExit', '--json', '--outputFile', results, ...process.argv.slice(2),
], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
process.exit(status ?? 1);
