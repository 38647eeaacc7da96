// `node tools/image.mjs out services/cart`: lays out what a container of each program holds (a service, or a stand-in for compose), in `out/services/cart`: its compiled code,
// the compiled code of our packages that it reaches, and the third-party packages that those reach, each at the version of the lockfile. No source, no tests, no development dependency.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { pinnedNode, root } from './node-runtime.mjs';

const build = join(root, 'dist/build');
/** What a program may be started by. */
const entries = ['main.js', 'functions.js', 'migrate.js', 'prepare.js', 'open-shops.js'];
const programs = ['services', 'infra/local'];
/** Read by the Functions host, beside the code. */
const beside = ['host.json'];

/** Compiles every library and service into `dist/build`. */
export function compile() {
  rmSync(build, { recursive: true, force: true });
  const { status } = spawnSync(pinnedNode(), [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });
  if (status !== 0) throw new Error('The sources do not compile.');
}

/**
 * What belongs into the image of a program, from path in the image to path on this machine.
 *
 * @param {string} path `services/cart`
 * @returns {{ files: Map<string, string>, manifests: Map<string, object>, packages: Set<string> }}
 */
export function imageOf(path) {
  const files = new Map();
  const manifests = new Map();
  const packages = new Set();
  const seen = new Set();
  const program = workspaces.find(({ source }) => source === join(root, path));
  if (!program || !programs.some((group) => path.startsWith(`${group}/`))) throw new Error(`There is no program ${path}.`);

  /** @param {string} file a compiled file of ours */
  function reach(file) {
    if (seen.has(file)) return;
    seen.add(file);
    const home = workspaceOf(file);
    const place = home === program ? '.' : `node_modules/${home.name}`;
    files.set(join(place, 'dist', relative(home.compiled, file)), file);
    if (existsSync(`${file}.map`)) files.set(join(place, 'dist', relative(home.compiled, `${file}.map`)), `${file}.map`);
    for (const script of migrationsOf(home)) files.set(join(place, script.place), script.file);
    manifests.set(join(place, 'package.json'), { name: home.name, version: home.version, type: 'module', ...(home.main && { main: home.main }), ...(place !== '.' && { exports: compiledExports(home) }) });
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith('.')) reach(join(dirname(file), specifier));
      else if (specifier.startsWith('@checkout/')) reach(compiledEntry(specifier));
      else if (!specifier.startsWith('node:') && !builtinModules.includes(specifier)) take(packageOf(specifier), root);
    }
  }

  /** A third-party package with all that it depends on, found as Node would find it. */
  function take(name, from) {
    const directory = find(name, from);
    if (!directory || packages.has(directory)) return;
    packages.add(directory);
    const place = relative(root, directory);
    for (const file of filesBelow(directory)) files.set(join(place, relative(directory, file)), file);
    const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    for (const each of Object.keys({ ...dependencies, ...optionalDependencies, ...required(peerDependencies) })) take(each, directory);
  }

  for (const name of beside.filter((each) => existsSync(join(program.source, each)))) files.set(name, join(program.source, name));
  for (const entry of entries.map((name) => join(program.compiled, name)).filter(existsSync)) reach(entry);
  return { files, manifests, packages };
}

/** Lays the image out in a folder, which is emptied first. */
export function layOut(path, directory) {
  const { files, manifests } = imageOf(path);
  rmSync(directory, { recursive: true, force: true });
  for (const [place, file] of files) {
    mkdirSync(dirname(join(directory, place)), { recursive: true });
    cpSync(file, join(directory, place));
  }
  for (const [place, manifest] of manifests) writeFileSync(join(directory, place), `${JSON.stringify(manifest, null, 2)}\n`);
  return files.size + manifests.size;
}

const workspaces = ['libs', ...programs].flatMap((group) => readdirSync(join(root, group), { withFileTypes: true })
  .filter((entry) => existsSync(join(root, group, entry.name, 'package.json')))
  .map((entry) => ({ ...JSON.parse(readFileSync(join(root, group, entry.name, 'package.json'), 'utf8')), source: join(root, group, entry.name), compiled: join(build, group, entry.name, 'src') })));

function workspaceOf(file) {
  const home = workspaces.find(({ compiled }) => file.startsWith(compiled + sep));
  if (!home) throw new Error(`${file} belongs to no package of ours`);
  return home;
}

/** The `.sql` files that a package runs, at the place where its compiled code looks for them. */
function migrationsOf({ source }) {
  const folders = [['migrations', 'migrations'], ['src/store/migrations', 'dist/store/migrations']];
  return folders.filter(([from]) => existsSync(join(source, from))).flatMap(([from, to]) =>
    readdirSync(join(source, from)).map((name) => ({ place: join(to, name), file: join(source, from, name) })));
}

const compiledExports = ({ exports }) => Object.fromEntries(Object.entries(exports).map(([path, { default: file }]) => [path, file]));

function compiledEntry(specifier) {
  const name = packageOf(specifier);
  const home = workspaces.find((each) => each.name === name);
  const entry = home?.exports[`.${specifier.slice(name.length)}`]?.default;
  if (!entry) throw new Error(`${specifier} is imported, but is nothing that a package of ours exports`);
  return join(home.compiled, relative('dist', entry));
}

const importsOf = (file) => [...readFileSync(file, 'utf8').matchAll(/(?:^|[;\s])(?:import|export)\s*(?:[\w*{}\s,$]*?from\s*)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g)]
  .map(([, still, dynamic]) => still ?? dynamic);

const packageOf = (specifier) => specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');

/** Optional peers are for those who installed them on purpose, and we have them in our own imports then. */
const required = (peers) => Object.fromEntries(Object.entries(peers).filter(([name]) => name.startsWith('@nestjs/') === false));

function find(name, from) {
  for (let directory = from; directory.startsWith(root); directory = dirname(directory)) {
    const candidate = join(directory, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
  }
  return undefined;
}

/** What a package needs at run time: not its types, maps, documents and tests. */
function filesBelow(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return ['node_modules', 'test', 'tests', '__tests__', 'docs', 'examples', '.github'].includes(entry.name) ? [] : filesBelow(path);
    return /\.(?:[cm]?ts|map|md|markdown|flow|tsbuildinfo|yml)$/i.test(entry.name) && !/^licen[cs]e/i.test(entry.name) ? [] : [path];
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [directory, ...paths] = process.argv.slice(2);
  if (!directory || paths.length === 0) {
    console.error('Say where to, and which programs: node tools/image.mjs out services/cart services/payment');
    process.exit(2);
  }
  compile();
  for (const path of paths) console.log(`${layOut(path, join(directory, path))} files of ${path}`);
}
