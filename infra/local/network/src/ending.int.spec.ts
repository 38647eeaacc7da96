import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { areFree } from './addresses.ts';
import { root } from './paths.ts';

test.each([['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]] as const)('a run that is ended by %s leaves no program running and no directory behind', async (signal, code) => {
  // given
  const harness = spawn(process.execPath, ['tools/run.mjs', 'file', 'infra/local/network/src/testing/harness.ts'], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const [said] = (await once(harness.stdout, 'data')) as [Buffer];
  const { port, directory } = JSON.parse(said.toString()) as { port: number; directory: string };
  expect([await areFree([port]), existsSync(directory)]).toEqual([false, true]);

  // when
  process.kill(-Number(harness.pid), signal); // To its whole group, as a terminal does.
  const [exitCode] = (await once(harness, 'exit')) as [number];

  // then
  expect(exitCode).toBe(code);
  for (let looks = 0; looks < 100 && !(await areFree([port])); looks += 1) await sleep(50);
  expect([await areFree([port]), existsSync(directory)]).toEqual([true, false]);
}, 60_000);
