import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from './paths.ts';

/** Builds the till for browsers, unless what is there was built from the same sources. @throws Error with what the build said */
export async function buildTill(): Promise<void> {
  const build = spawn(process.execPath, [join(root, 'services/web/build.mjs')], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [build.stdout, build.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = (await once(build, 'close')) as [number | null];
  if (code !== 0) throw new Error(`The till could not be built:\n${said}`);
}
