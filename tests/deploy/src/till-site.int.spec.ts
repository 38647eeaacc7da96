import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tree } from './tree.ts';

const right = { cart: 'https://cart.example', receipt: 'https://receipt.example', token: 'https://identity.example/token' };
let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'checkout-till-site-'))));
afterEach(() => rmSync(directory, { recursive: true }));

it.each<[string, unknown]>([
  ['an address that is missing', { cart: right.cart, receipt: right.receipt }],
  ['a slash too many', { ...right, cart: 'https://cart.example/' }],
  ['a token address that nobody has set', { ...right, token: '' }],
  ['no addresses, as of a deployment that failed', null],
])('writes no till with %s', (_, addresses) => {
  const site = join(directory, 'site');
  const { status, stderr } = spawnSync(process.execPath, [join(Tree.root.directory, 'services/web/site-for.mjs'), site, JSON.stringify(addresses)], { encoding: 'utf8' });
  expect({ status, says: /is no http address/.test(stderr), isWritten: existsSync(site) }).toEqual({ status: 1, says: true, isWritten: false });
});
