import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fixedPorts } from '@checkout/local-network';
import { DCLinter } from 'dclint';
import { parse } from 'yaml';
import { migrationFaults, programs, settingFaults, type Settings } from './programs.ts';
import { Tree } from './tree.ts';

interface ComposeService {
  readonly image?: string;
  readonly build?: { readonly target: string };
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition?: string }>>;
  readonly profiles?: readonly string[];
  readonly networks?: Readonly<Record<string, { readonly aliases?: readonly string[] }>>;
  readonly read_only?: boolean;
  readonly healthcheck?: object;
}

/** A value as compose passes it on when nothing is set outside: `${NAME:-default}` is its default, `$$` a dollar. */
const passedOn = (value: string | number): string => String(value).replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1').replaceAll('$$', '$');

export const composeServices = (tree: Tree): ReadonlyMap<string, ComposeService> =>
  new Map(Object.entries((parse(tree.read('docker-compose.yml'), { merge: true }) as { services: Record<string, ComposeService> }).services));

export const composeSettings = (tree: Tree): ReadonlyMap<string, Settings> =>
  new Map([...composeServices(tree)].filter(([name]) => name in programs).map(([name, { environment = {} }]) => [name, settingsOf(environment)]));

const settingsOf = (environment: Readonly<Record<string, string | number>>): Settings => Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, passedOn(value)]));

/** Everything in which `docker-compose.yml`, the `Dockerfile` and their files differ from each other and from what programs read. */
export function composeFaults(tree: Tree): string[] {
  let services: ReadonlyMap<string, ComposeService>;
  try {
    services = composeServices(tree);
  } catch (error) {
    return [String(error)];
  }
  return [...lintFaults(tree), ...programFaults(services), ...buildFaults(tree, services), ...wiringFaults(tree, services), ...webhookFaults(services), ...healthFaults(tree, services), ...databaseFaults(tree), ...imageFaults(services)];
}

/** The emulator and the stand-in share a port on purpose: only one of them runs. Order is a matter of taste. */
const silenced = ['no-duplicate-exported-ports', 'service-keys-order', 'services-alphabetical-order', 'top-level-properties-order', 'require-project-name-field', 'no-build-and-image',
  'no-quotes-in-volumes', 'service-ports-alphabetical-order', 'service-dependencies-alphabetical-order', 'service-container-name-regex'];

function lintFaults(tree: Tree): string[] {
  const linter = new DCLinter({ rules: Object.fromEntries(silenced.map((name) => [name, 0 as const])), quiet: true, debug: false, exclude: [] });
  const found: readonly { readonly messages: readonly { readonly rule: string; readonly message: string; readonly line: number }[] }[] = linter.lintFiles([join(tree.directory, 'docker-compose.yml')], false);
  return found.flatMap(({ messages }) => messages.map(({ rule, message, line }) => `docker-compose.yml:${line} ${message} (${rule})`));
}

function programFaults(services: ReadonlyMap<string, ComposeService>): string[] {
  return Object.keys(programs).flatMap((program) => {
    const service = services.get(program);
    const migration = services.get(`${program}-migrate`);
    if (!service || !migration) return [`compose has no ${service ? `${program}-migrate` : program}`];
    const port = String(fixedPorts[program as keyof typeof fixedPorts]);
    const given = settingsOf(service.environment ?? {});
    return [
      ...settingFaults(`compose/${program}`, program, given),
      ...migrationFaults(`compose/${program}-migrate`, program, settingsOf(migration.environment ?? {})),
      ...(given['PORT'] === port && service.ports?.join() === `127.0.0.1:${port}:${port}` ? [] : [`compose/${program} is not on port ${port}, where it is on a laptop`]),
      ...(service.depends_on && `${program}-migrate` in service.depends_on ? [] : [`compose/${program} does not wait for its migrations`]),
      ...(service.read_only ? [] : [`compose/${program} may write to its own image`]),
    ];
  });
}

function buildFaults(tree: Tree, services: ReadonlyMap<string, ComposeService>): string[] {
  const dockerfile = tree.read('Dockerfile');
  const targets = [...dockerfile.matchAll(/^FROM \S+ AS (\S+)$/gm)].map(([, name]) => name);
  const [, laying = ''] = /^RUN node tools\/image\.mjs \/out((?:.*\\\n)*.*)$/m.exec(dockerfile) ?? [];
  const laidOut = [...`${laying}\n`.matchAll(/(?:services|infra\/local)\/[\w-]+(?=[\s\\])/g)].map(([path]) => path);
  const copied = [...dockerfile.matchAll(/COPY --from=sources \/out\/(\S+)/g)].map(([, path]) => path ?? '');
  return [
    ...[...services].filter(([, { build }]) => build && !targets.includes(build.target)).map(([name, { build }]) => `compose/${name} is built from ${build?.target}, which the Dockerfile has not`),
    ...copied.filter((path) => !laidOut.includes(path)).map((path) => `the Dockerfile copies ${path}, which it has not laid out`),
    ...copied.filter((path) => !existsSync(join(Tree.root.directory, path, 'package.json'))).map((path) => `the Dockerfile lays out ${path}, which is not there`),
    ...Object.keys(programs).filter((program) => !targets.includes(program)).map((program) => `the Dockerfile has no target ${program}`),
    ...(/^USER node$/m.test(dockerfile) ? [] : ['images run as root']),
  ];
}

/** The provider signs with what payment checks by, and calls where payment listens. */
function webhookFaults(services: ReadonlyMap<string, ComposeService>): string[] {
  const provider = settingsOf(services.get('provider')?.environment ?? {});
  const payment = settingsOf(services.get('payment')?.environment ?? {});
  return [
    ...(provider['WEBHOOK_SECRETS'] === payment['PROVIDER_WEBHOOK_SECRETS'] ? [] : ['compose/provider signs webhooks with another secret than payment checks them by']),
    ...(provider['WEBHOOK_URL']?.endsWith('/v1/provider-webhooks') ? [] : ['compose/provider sends webhooks to where nobody takes them']),
  ];
}

/** By target: what its image is asked to know that it is well, from the stage that says it last. */
export function healthChecksOf(dockerfile: string): ReadonlyMap<string, readonly string[] | undefined> {
  const checks = new Map<string, readonly string[] | undefined>();
  for (const stage of dockerfile.split(/^(?=FROM )/m)) {
    const [, base = '', name = ''] = /^FROM (\S+) AS (\S+)/.exec(stage) ?? [];
    const [, command] = /^HEALTHCHECK (?!NONE)[^\n]*\\\n\s*CMD (\[.*\])$/m.exec(stage) ?? [];
    const own = command === undefined ? undefined : (JSON.parse(command) as string[]);
    checks.set(name, own ?? (/^HEALTHCHECK NONE$/m.test(stage) ? undefined : checks.get(base)));
  }
  return checks;
}

/** Whoever waits until another is healthy waits for ever when nobody asks that one. */
function healthFaults(tree: Tree, services: ReadonlyMap<string, ComposeService>): string[] {
  const checks = healthChecksOf(tree.read('Dockerfile'));
  const isAsked = (service: ComposeService | undefined): boolean => service?.healthcheck !== undefined || (service?.build !== undefined && checks.get(service.build.target) !== undefined);
  const awaited = [...services].flatMap(([name, { depends_on: others = {} }]) => Object.entries(others).filter(([, { condition }]) => condition === 'service_healthy').map(([other]) => ({ name, other })));
  return [
    ...awaited.filter(({ other }) => !isAsked(services.get(other))).map(({ name, other }) => `compose/${name} waits until ${other} is healthy, which nobody finds out`),
    ...Object.keys(programs).filter((program) => program !== 'functions' && !checks.get(program)?.join(' ').includes('/health/live')).map((program) => `the image of ${program} is not asked at /health/live`),
  ];
}

/** Addresses name services that are there, at the ports where they listen. */
function wiringFaults(tree: Tree, services: ReadonlyMap<string, ComposeService>): string[] {
  const names = new Map([...services].map(([name, { environment = {} }]) => [name, String(environment['PORT'] ?? '')]));
  const addressed = [...services].flatMap(([name, { environment = {} }]) => Object.entries(settingsOf(environment)).flatMap(([key, value]) =>
    [...value.matchAll(/https?:\/\/([\w-]+):(\d+)/g)].map(([, host = '', port = '']) => ({ at: `compose/${name} ${key}`, host, port }))));
  const scraped = [...tree.read('infra/compose/prometheus.yaml').matchAll(/'([\w-]+):(\d+)'/g)].map(([, host = '', port = '']) => ({ at: 'infra/compose/prometheus.yaml', host, port }))
    .filter(({ host }) => host !== 'collector');
  const mounted = [...services].flatMap(([name, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0] ?? '')
    .filter((path) => path.startsWith('./') && path !== './.state' && !existsSync(join(tree.directory, path))).map((path) => `compose/${name} mounts ${path}, which is not there`));
  return [
    ...[...addressed, ...scraped].filter(({ host, port }) => names.get(host) !== port).map(({ at, host, port }) => `${at}: nobody listens at ${host}:${port}`),
    ...Object.keys(programs).filter((program) => program !== 'functions' && !scraped.some(({ host }) => host === program)).map((program) => `Prometheus does not look at ${program}`),
    ...['emulator', 'stand-in'].filter((bus) => !services.get(bus)?.networks?.['default']?.aliases?.includes('bus')).map((bus) => `compose/${bus} is not called bus`),
    ...mounted,
  ];
}

function databaseFaults(tree: Tree): string[] {
  const made = /for name in ([\w ]+);/.exec(tree.read('infra/compose/databases.sh'))?.[1]?.split(' ') ?? [];
  const wanted = Object.values(programs).map(({ database }) => database);
  return [...wanted.filter((name) => !made.includes(name)).map((name) => `databases.sh does not make ${name}`), ...made.filter((name) => !wanted.includes(name)).map((name) => `databases.sh makes ${name}, which is nobody's`)];
}

/** A tag that moves would make two runs of one commit different. */
const imageFaults = (services: ReadonlyMap<string, ComposeService>): string[] =>
  [...services].flatMap(([name, { image }]) => (image !== undefined && !/:v?\d[\w.-]*$/.test(image) ? [`compose/${name} takes ${image}, which is no fixed version`] : []));
