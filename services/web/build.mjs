// Builds the till into dist/, unless it has been built from just these sources. The new site takes the place of the old one as a whole, so that
// two builds at once, or one that is broken off, leave no mixture.
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const here = import.meta.dirname;
const root = join(here, '../..');
const dist = join(here, 'dist');
const stamp = '.built-from';

const filesOf = (path) => readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
const sources = [
  ...['src', 'public'].flatMap((name) => filesOf(join(here, name))),
  ...['kernel', 'contracts'].flatMap((name) => filesOf(join(root, 'libs', name, 'src'))),
  ...['index.html', 'vite.config.mjs', 'build.mjs'].map((name) => join(here, name)),
  join(root, 'package-lock.json'),
].filter((path) => !path.endsWith('.spec.ts')).sort();

const hash = createHash('sha256');
for (const path of sources) hash.update(relative(root, path)).update('\0').update(readFileSync(path)).update('\0');
const builtFrom = hash.digest('hex');

const isBuilt = () => existsSync(join(dist, stamp)) && readFileSync(join(dist, stamp), 'utf8') === builtFrom;
if (!isBuilt()) {
  // Jest says "test" here, and React would then come with all its checks.
  process.env.NODE_ENV = 'production';
  const { build } = await import('vite');
  const outDir = mkdtempSync(join(here, 'dist-'));
  try {
    await build({ configFile: join(here, 'vite.config.mjs'), logLevel: 'error', build: { outDir, emptyOutDir: true } });
    writeFileSync(join(outDir, stamp), builtFrom);
    if (!isBuilt()) {
      rmSync(dist, { recursive: true, force: true });
      renameSync(outDir, dist);
    }
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}
