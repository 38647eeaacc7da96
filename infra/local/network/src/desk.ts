// `npm run desk -- <command>`: the dead-letter desk of the system that `npm start` runs. `--as platform-approver` is the second person.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './paths.ts';
import { Site } from './site.ts';
import { Caller } from './till.ts';

const args = process.argv.slice(2);
const as = args.indexOf('--as');
const person = as === -1 ? 'platform-sre' : (args.splice(as, 2)[1] ?? '');
const { DESK_URL, DESK_TOKEN } = process.env;
const site = Site.ofStart();
const env = DESK_URL !== undefined && DESK_TOKEN !== undefined ? process.env : { ...process.env, DESK_URL: `${site.url('functions')}/v1`, DESK_TOKEN: (await Caller.signIn(site, person)).token };
process.exitCode = spawnSync(process.execPath, [...process.execArgv, join(root, 'services/functions/src/cli/desk.ts'), ...args], { env, stdio: 'inherit' }).status ?? 1;
