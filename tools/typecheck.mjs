// Two programs: what runs on Node, and what runs in a browser, which have different globals.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './node-runtime.mjs';

const tsc = join(root, 'node_modules/typescript/bin/tsc');
const failed = ['tsconfig.json', 'services/web/tsconfig.json'].filter((project) =>
  spawnSync(process.execPath, [tsc, '--noEmit', '-p', project, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' }).status !== 0);
process.exit(failed.length === 0 ? 0 : 1);
