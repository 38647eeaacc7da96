import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tree } from './tree.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'checkout-az-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** @param answers what `az` prints each time that it is asked, the last one again and again: the newest revision and the one that is ready, each on a line as `tsv` has them */
function waitWith(answers: readonly string[]) {
  answers.forEach((answer, index) => writeFileSync(join(directory, `answer-${index}`), answer));
  writeFileSync(join(directory, 'az'), `#!/usr/bin/env bash
count=$(cat "${directory}/count" 2>/dev/null || echo 0)
echo $((count + 1)) > "${directory}/count"
[ -f "${directory}/answer-$count" ] || count=${answers.length - 1}
cat "${directory}/answer-$count"
`);
  chmodSync(join(directory, 'az'), 0o755);
  return spawnSync('bash', [join(Tree.root.directory, 'tools/azure-ready.sh'), 'group', 'cart', '20'], {
    encoding: 'utf8', env: { ...process.env, PATH: `${directory}:${process.env['PATH'] ?? ''}`, POLL_SECONDS: '0.01' },
  });
}

it('waits until the newest revision is the one that is ready', () => {
  const { status, stdout } = waitWith(['cart--2\ncart--1\n', 'cart--2\ncart--1\n', 'cart--2\ncart--2\n']);
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'cart serves by cart--2\n' });
});

it('fails when it never is, and says which one goes on serving', () => {
  const { status, stderr } = waitWith(['cart--2\ncart--1\n']);
  expect(status).toBe(1);
  expect(stderr).toContain('cart--2 is not ready after 20 s; cart--1 goes on serving');
});
