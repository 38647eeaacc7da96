import { importsOf, isSpec, type Project, type SourceFile } from './tree.ts';

/** Who may import whom. A project without a known layer may import nothing, so a forgotten tag is found. */
const layers: Readonly<Record<string, readonly string[]>> = {
  kernel: ['kernel'],
  contracts: ['contracts', 'kernel'],
  process: ['contracts', 'kernel'],
  platform: ['platform', 'contracts', 'kernel'],
  service: ['process', 'platform', 'contracts', 'kernel'],
  // It runs in a browser: what it shares with the services is what they say to each other.
  web: ['contracts', 'kernel'],
  // A stand-in that shared code with its clients would agree with their mistakes.
  local: ['kernel', 'contracts'],
  // The one place that puts the system together on a laptop.
  host: ['local', 'platform', 'contracts', 'kernel'],
  // A service shows others nothing but how it is configured.
  tests: ['host', 'local', 'web', 'service', 'process', 'platform', 'contracts', 'kernel', 'tests'],
};

/** The rooms of a service, and what each may look into. `application` may know the types of the platform, not its drivers. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  domain: ['domain'],
  application: ['application', 'domain'],
  store: ['store', 'application', 'domain'],
  gateway: ['gateway', 'application', 'domain'],
  transport: ['transport', 'application', 'domain'],
};

const drivers = [/^mssql$/, /^tedious$/, /^@azure\//, /^opossum$/, /^undici$/, /^fastify$/, /^@fastify\//, /^pino$/, /^jose$/];
const nest = /^@nestjs\//;
const serviceFile = /^services\/([^/]+)\/src\/(?:([^/]+)\/)?([^/]+)$/;
const deepServiceFile = /^services\/([^/]+)\/src\/([^/]+)\//;

/** Every import that goes the wrong way, as a sentence. */
export function boundaryViolations(files: readonly SourceFile[], projects: readonly Project[]): string[] {
  return files.filter(({ path }) => /\.tsx?$/.test(path)).flatMap((file) => {
    const own = projects.find(({ directory }) => file.path.startsWith(`${directory}/`));
    if (!own) return [`${file.path} belongs to no project`];
    return importsOf(file).flatMap((imported) => [
      ...acrossProjects(file, own, imported, projects),
      ...(own.tags.includes('layer:service') && !isSpec(file.path) ? acrossRooms(file, imported) : []),
    ]);
  });
}

function acrossProjects(file: SourceFile, own: Project, imported: string, projects: readonly Project[]): string[] {
  if (!imported.startsWith('@checkout/')) {
    const other = projects.find(({ directory }) => imported.startsWith(`${directory}/`));
    return other && other !== own ? [`${file.path} reaches into ${other.name} by path`] : [];
  }
  const name = imported.split('/').slice(0, 2).join('/');
  const target = projects.find((project) => project.name === name);
  if (!target) return [`${file.path} imports ${name}, which is no project`];
  if (target === own) return [];
  const found: string[] = [];
  if (!own.dependencies.includes(name)) found.push(`${file.path} imports ${name}, which ${own.name} does not declare`);
  // Specs may start stand-ins; what is shipped may not know that they exist.
  const allowed = [...(layers[layerOf(own)] ?? []), ...(isSpec(file.path) ? ['local', 'host'] : [])];
  if (!allowed.includes(layerOf(target))) found.push(`${file.path} is in the layer ${layerOf(own)} and may not import ${name} (${layerOf(target)})`);
  return found;
}

function acrossRooms(file: SourceFile, imported: string): string[] {
  const room = deepServiceFile.exec(file.path)?.[2];
  const found: string[] = [];
  const isRim = room === 'transport' || /^services\/[^/]+\/src\/([^/]+\.module|main)\.ts$/.test(file.path);
  if (nest.test(imported) && !isRim) found.push(`${file.path} imports ${imported}: Nest belongs in transport/, the module and main`);
  if (!room || !rooms[room]) return found;
  const target = deepServiceFile.exec(imported)?.[2] ?? serviceFile.exec(imported)?.[2];
  if (target && rooms[target] && !rooms[room]?.includes(target)) found.push(`${file.path} is in ${room}/ and may not look into ${target}/`);
  if ((room === 'domain' || room === 'application') && drivers.some((driver) => driver.test(imported))) {
    found.push(`${file.path} imports ${imported}: drivers live in store/ and gateway/`);
  }
  if (room === 'domain' && imported.startsWith('@checkout/') && !/^@checkout\/(kernel|contracts|saga)(\/|$)/.test(imported) && !/^@checkout\/messaging$/.test(imported)) {
    found.push(`${file.path} imports ${imported}: the domain knows kernel and contracts only`);
  }
  return found;
}

const layerOf = ({ tags }: Project): string => tags.find((tag) => tag.startsWith('layer:'))?.slice('layer:'.length) ?? 'none';
