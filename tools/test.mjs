// `npm test`: everything that must hold. Types and lint first, because they are quick; then every project's tests through Nx, which knows
// what has changed since they last passed; the end-to-end tests last and alone, because they use the whole machine.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { pinnedNode, root } from './node-runtime.mjs';

const results = join(root, '.nx', 'results');
rmSync(results, { recursive: true, force: true });

const run = (...args) => spawnSync(pinnedNode(), [join(root, 'tools/run.mjs'), ...args], { cwd: root, stdio: 'inherit' }).status === 0;
const cache = process.env.CI ? ['--skip-nx-cache'] : [];
const wholeSystem = ['@checkout/tests-e2e', '@checkout/tests-till', '@checkout/tests-chaos'];

const steps = [
  ['types', () => run('typecheck')],
  ['lint', () => run('lint')],
  ['tests', () => run('nx', 'run-many', '-t', 'test', '--parallel=2', '--output-style=stream', `--exclude=${wholeSystem.join(',')}`, ...cache)],
  ['end to end', () => run('nx', 'run-many', '-t', 'test', '--parallel=1', '--output-style=stream', `--projects=${wholeSystem.join(',')}`, ...cache, '--', '--runInBand')],
];

let passed = 0;
let failed = 0;
for (const [name, step] of steps) {
  const startedAt = Date.now();
  const isGood = step();
  console.log(`${isGood ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  if (isGood) passed += name === 'types' || name === 'lint' ? 1 : 0;
  else failed += 1;
}

/** What failed stands once more at the end, in a line each: of a long run on another machine often no more is kept. */
const firstLines = (message) => stripVTControlCharacters(message ?? '').split('\n').map((line) => line.trim()).filter(Boolean).slice(0, 4).join(' | ').slice(0, 400);

const files = readdirSync(results, { recursive: true }).filter((file) => file.endsWith('.json'));
for (const file of files) {
  const { numPassedTests, numFailedTests, numFailedTestSuites, testResults } = JSON.parse(readFileSync(join(results, file), 'utf8'));
  passed += numPassedTests;
  failed += Math.max(numFailedTests, numFailedTestSuites);
  for (const { name, message, assertionResults } of testResults.filter(({ status }) => status === 'failed')) {
    const broken = assertionResults.filter(({ status }) => status === 'failed');
    const causes = broken.map(({ fullName, failureMessages }) => `${fullName}: ${firstLines(failureMessages[0])}`);
    for (const cause of causes.length > 0 ? causes : [firstLines(message)]) console.log(`FAIL ${relative(root, name)}: ${cause}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
