import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeSettings } from './compose.ts';
import { localSettings } from './local.ts';
import { programs, settingFaults } from './programs.ts';
import { Tree } from './tree.ts';

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'checkout-config-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const shown = (place: string): string => spawnSync(process.execPath, ['tools/run.mjs', 'config', '--for', place], { cwd: Tree.root.directory, encoding: 'utf8', timeout: 60_000 }).stdout;

it.each(['azure', 'compose', 'local'])('shows what every program is told in %s, and no secret', (place) => {
  const text = shown(place);
  for (const [name, { schema }] of Object.entries(programs)) {
    expect(text).toMatch(new RegExp(`^${name}$`, 'm'));
    for (const setting of Object.keys(schema.shape)) expect(text).toContain(`  ${setting} `);
  }
  expect(text).not.toMatch(/Local-|whsec_|SAS_KEY|Password=[^•]/);
}, 60_000);

it('tells every program on a laptop all that it needs', () => {
  expect([...localSettings(scratch)].flatMap(([name, settings]) => settingFaults(`local/${name}`, name, settings)).filter((fault) => !fault.endsWith('is read by nobody'))).toEqual([]);
});

it('changes nothing between compose and a laptop but where things are, and how to get in', () => {
  const [laptop, compose] = [localSettings(scratch), composeSettings(Tree.root)];
  for (const name of Object.keys(programs)) {
    expect({ name, port: compose.get(name)?.['PORT'] }).toEqual({ name, port: laptop.get(name)?.['PORT'] });
    expect({ name, audience: compose.get(name)?.['AUTH_AUDIENCE'] }).toEqual({ name, audience: laptop.get(name)?.['AUTH_AUDIENCE'] });
  }
});

it('says how to ask when it is asked for a place that there is not', () => {
  const { status, stderr } = spawnSync(process.execPath, ['tools/run.mjs', 'config', '--for', 'moon'], { cwd: Tree.root.directory, encoding: 'utf8', timeout: 60_000 });
  expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining('--for azure|compose|local') as string });
}, 60_000);
