import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './paths.ts';

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test.each([['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]] as const)('a run that is ended by %s leaves no program running and no directory behind', async (signal, code) => {
  // given
  const harness = spawn(process.execPath, [
    '--conditions=@checkout/source', '--disable-warning=ExperimentalWarning', '--import', join(root, 'tools/swc-hook.mjs'), 'infra/local/network/src/testing/harness.ts',
  ], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = (await once(harness.stdout, 'data')) as [Buffer];
  const { pid, directory } = JSON.parse(said.toString()) as { pid: number; directory: string };
  expect([isAlive(pid), existsSync(directory)]).toEqual([true, true]);

  // when
  harness.kill(signal);
  const [exitCode] = (await once(harness, 'exit')) as [number];

  // then
  expect(exitCode).toBe(code);
  for (let looks = 0; looks < 100 && isAlive(pid); looks += 1) await sleep(50);
  expect([isAlive(pid), existsSync(directory)]).toEqual([false, false]);
}, 60_000);
