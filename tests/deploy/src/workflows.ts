import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseBicep } from './bicep/parse.ts';
import { programs } from './programs.ts';
import { Tree } from './tree.ts';

// The parser is for `import` alone, and Jest's own loader requires: so Node's is asked.
const { createRequire } = process.getBuiltinModule('node:module');
const { NoOperationTraceWriter, parseWorkflow } = createRequire(import.meta.filename)(
  join(Tree.root.directory, 'node_modules/@actions/workflow-parser/dist/index.js'),
) as typeof import('@actions/workflow-parser');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly permissions?: unknown;
  readonly env?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, { readonly 'timeout-minutes'?: number; readonly environment?: string; readonly needs?: string; readonly env?: Readonly<Record<string, string>>; readonly strategy?: { readonly matrix: { readonly target?: readonly string[] } }; readonly steps: readonly Step[] }>>;
}

/** Everything in which `.github/workflows` is no workflow, or speaks of what is not there, as sentences. */
export function workflowFaults(tree: Tree): string[] {
  const names = readdirSync(join(tree.directory, '.github/workflows'));
  return names.flatMap((name) => {
    const content = tree.read(`.github/workflows/${name}`);
    const { context } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
    const errors = context.errors.getErrors().map(({ message }) => `${name}: ${message}`);
    if (errors.length > 0) return errors;
    return agreementFaults(tree, name, parse(content) as Workflow, content);
  });
}

function agreementFaults(tree: Tree, name: string, workflow: Workflow, content: string): string[] {
  const scripts = (JSON.parse(Tree.root.read('package.json')) as { scripts: Record<string, string> }).scripts;
  const jobs = Object.entries(workflow.jobs);
  const commands = [...content.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, script = '']) => script);
  const paths = [...content.matchAll(/(?<![\w./-])((?:infra\/azure|tools|tests|\.ci)\/[\w./-]+)(?<!\*\*)/g)].map(([, path = '']) => path.replace(/[./]+$/, ''))
    .filter((path) => !path.includes('*') && !path.endsWith('/') && !/\$/.test(path));
  const services = [...content.matchAll(/docker compose up [^\n]*?((?: (?:sql|emulator|databases|stand-in))+)$/gm)].flatMap(([, list = '']) => list.trim().split(' '));
  return [
    ...commands.filter((script) => !(script in scripts)).map((script) => `${name}: there is no script ${script}`),
    ...paths.filter((path) => !existsSync(join(Tree.root.directory, path)) && !existsSync(join(tree.directory, path))).map((path) => `${name}: there is no ${path}`),
    ...services.filter((service) => !tree.read('docker-compose.yml').includes(`\n  ${service}:\n`)).map((service) => `${name}: compose has no ${service}`),
    ...jobs.filter(([, job]) => job['timeout-minutes'] === undefined).map(([job]) => `${name}: ${job} may run for ever`),
    ...(workflow.permissions === undefined ? [`${name}: may do everything, because it does not say what it may do`] : []),
    ...jobs.flatMap(([job, { strategy }]) => (strategy?.matrix.target && strategy.matrix.target.join() !== Object.keys(programs).join() ? [`${name}: ${job} makes images of ${strategy.matrix.target.join(', ')}`] : [])),
    ...jobs.flatMap(([job, { steps }]) => steps.flatMap(({ uses }) => (uses !== undefined && !/@[0-9a-f]{40}$/.test(uses) ? [`${name}: ${job} takes ${uses}, which may be another tomorrow: a tag moves, a commit does not`] : []))),
    ...(name === 'deploy.yml' ? deployFaults(tree, workflow) : []),
  ];
}

/** A deployment gives every parameter, asks a person, migrates first, sells once, and can go back. */
function deployFaults(tree: Tree, { env = {}, jobs }: Workflow): string[] {
  const asked = ['small', 'medium', 'large'].flatMap((size) => [...parseBicep(tree.read(`infra/azure/${size}.bicepparam`)).given.values()]
    .flatMap((value) => [...JSON.stringify(value).matchAll(/"name":"readEnvironmentVariable","given":\[\{"kind":"value","value":"(\w+)"/g)].map(([, name = '']) => name)));
  const deploy = jobs['deploy'];
  const runs = deploy?.steps.map(({ run = '' }) => run) ?? [];
  const place = (text: string): number => runs.findIndex((run) => run.includes(text));
  const migrated = [...(runs.find((run) => run.includes('azure-job.sh'))?.matchAll(/for service in ([\w ]+);/g) ?? [])].flatMap(([, list = '']) => list.split(' '));
  return [
    ...[...new Set(asked)].filter((name) => name !== 'STAGE' && !(name in env)).map((name) => `deploy.yml: ${name} is not given to the parameters`),
    ...(deploy?.environment === '${{ inputs.environment }}' ? [] : ['deploy.yml: nobody has to approve']),
    ...(deploy?.needs === 'what-if' ? [] : ['deploy.yml: nobody sees what would change before it does']),
    ...(place('STAGE=migrations') >= 0 && place('STAGE=migrations') < place('--name services') ? [] : ['deploy.yml: new revisions start before their tables are there']),
    ...Object.keys(programs).filter((program) => !migrated.includes(program)).map((program) => `deploy.yml: ${program} is not migrated`),
    ...(place('azure-ready.sh') > place('--name services') && place('azure-ready.sh') < place('smoke.ts') ? [] : ['deploy.yml: the sale may be sold by the revisions before']),
    ...(place('services/web/build.mjs') > place('--name services') ? [] : ['deploy.yml: the till in the browser stays as it was']),
    ...(place('site-for.mjs out/till "$(az deployment group show --resource-group "$GROUP" --name services --query properties.outputs.tillAddresses.value ') >= place('services/web/build.mjs')
      && deploy?.steps.some((step) => step.uses?.startsWith('Azure/static-web-apps-deploy@') && step.with?.['app_location'] === 'out/till') ? [] : ['deploy.yml: the till is not told where its services are']),
    ...(place('smoke.ts') > place('--name services') ? [] : ['deploy.yml: nothing is sold afterwards']),
    ...(deploy?.steps.some((step) => step.env?.['IMAGE_TAG']?.includes('steps.before') && step.run?.includes('az deployment group create')) ? [] : ['deploy.yml: there is no way back']),
  ];
}
