import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.ts';

/** Builds the till for browsers, unless what is there was built from the same sources. @throws Error with what the build said */
export const buildTill = (): Promise<void> => run('build.mjs');

/** Writes the built till for services at addresses of their own, as a deployment does. */
export function writeSite(folder: string, addresses: Readonly<Record<'cart' | 'receipt' | 'token' | 'scope', string>>): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  return run('site-for.mjs', folder, JSON.stringify(addresses));
}

async function run(script: string, ...given: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'services/web', script), ...given], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`The till could not be built (${script}):\n${said}`);
}
