import { join } from 'node:path';
import { azureServiceBus } from '@checkout/contracts';
import { deploymentOf, type Placed } from './bicep/evaluate.ts';
import { migrationFaults, programs, settingFaults, type Settings } from './programs.ts';
import type { Tree } from './tree.ts';

export const sizes = ['small', 'medium', 'large'] as const;

/** What an operator exports before deploying (docs/deploy.md). */
const exported = {
  ENVIRONMENT_NAME: 'test', IMAGE_TAG: '4f2a91c', SQL_ADMINS_NAME: 'checkout-sql-admins', SQL_ADMINS_ID: '6a5f0e0c-2f4e-4a63-9d0c-0a54c3d1b7aa',
  AUTH_ISSUER: 'https://login.microsoftonline.com/contoso/v2.0', AUTH_JWKS_URL: 'https://login.microsoftonline.com/contoso/discovery/v2.0/keys',
  PROVIDER_URL: 'https://api.provider.example', ALERT_EMAIL: 'operators@shop.example', GEO_SECONDARY_LOCATION: 'westeurope',
  TILL_TOKEN_URL: 'https://identity.example/token', RUNBOOKS_URL: 'https://code.example/checkout/docs/runbooks',
};

const deployed = (tree: Tree, size: (typeof sizes)[number], more: Readonly<Record<string, string>> = {}): ReturnType<typeof deploymentOf> =>
  deploymentOf(join(tree.directory, `infra/azure/${size}.bicepparam`), { ...exported, ...more });

export const askedOfAzure = (tree: Tree, size: (typeof sizes)[number], more: Readonly<Record<string, string>> = {}): readonly Placed[] => deployed(tree, size, more).placed;

/** Everything in which `infra/azure` differs from the topology and from what programs read, as sentences. */
export function azureFaults(tree: Tree, size: (typeof sizes)[number] = 'small'): string[] {
  let deployment: ReturnType<typeof deploymentOf>;
  try {
    deployment = deployed(tree, size);
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
  const { placed, outputs } = deployment;
  const made = placed.filter(({ isExisting }) => !isExisting);
  return [...busFaults(made), ...ruleFaults(made), ...databaseFaults(made), ...roleFaults(placed), ...programFaults(made), ...scaleFaults(made), ...nameFaults(made), ...tillFaults(made, outputs), ...secretFaults(made)];
}

const bus = azureServiceBus();
const ofType = (placed: readonly Placed[], type: string): Placed[] => placed.filter((each) => each.type === type);
const below = (name: string): string => name.split('/').slice(1).join('/');
/** What is in one and not in the other. */
const differences = (what: string, found: readonly string[], wanted: readonly string[]): string[] => [
  ...wanted.filter((each) => !found.includes(each)).map((each) => `${what} ${each} is missing`),
  ...found.filter((each) => !wanted.includes(each)).map((each) => `${what} ${each} is not wanted`),
  ...found.filter((each, index) => found.indexOf(each) !== index).map((each) => `${what} ${each} is there twice`),
];

function busFaults(placed: readonly Placed[]): string[] {
  const topics = ofType(placed, 'Microsoft.ServiceBus/namespaces/topics');
  const subscriptions = ofType(placed, 'Microsoft.ServiceBus/namespaces/topics/subscriptions');
  return [
    ...differences('topic', topics.map(({ name }) => below(name)), bus.topics.map(({ name }) => name)),
    ...differences('subscription', subscriptions.map(({ name }) => below(name)), bus.subscriptions.map(({ topic, name }) => `${topic}/${name}`)),
    ...bus.subscriptions.flatMap(({ topic, name, requiresSession, lockDuration, defaultMessageTimeToLive, maxDeliveryCount }) => {
      const found = propertiesOf(subscriptions.find((each) => below(each.name) === `${topic}/${name}`));
      return Object.entries({ requiresSession, lockDuration, defaultMessageTimeToLive, maxDeliveryCount, deadLetteringOnMessageExpiration: true })
        .filter(([key, value]) => found[key] !== value).map(([key, value]) => `subscription ${topic}/${name} has ${key} ${String(found[key])} and not ${value}`);
    }),
  ];
}

function ruleFaults(placed: readonly Placed[]): string[] {
  const rules = ofType(placed, 'Microsoft.ServiceBus/namespaces/topics/subscriptions/rules')
    .map((rule) => `${below(rule.name)}: ${(propertiesOf(rule)['sqlFilter'] as { sqlExpression?: string } | undefined)?.sqlExpression}`);
  // A second rule beside $Default would let everything through twice.
  return differences('rule', rules, bus.subscriptions.map(({ topic, name, filter }) => `${topic}/${name}/$Default: ${filter}`));
}

const databaseFaults = (placed: readonly Placed[]): string[] =>
  differences('database', ofType(placed, 'Microsoft.Sql/servers/databases').map(({ name }) => below(name)), Object.values(programs).map(({ database }) => database));

const roleNames: Readonly<Record<string, string>> = {
  '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39': 'send to', '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0': 'receive from', '7f951dda-4ed3-4680-a7ca-43fe172d538d': 'pull from',
  '4633458b-17de-408a-b874-0445c86b69e6': 'read secrets of', 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': 'own blobs of',
};

function roleFaults(placed: readonly Placed[]): string[] {
  const found = ofType(placed, 'Microsoft.Authorization/roleAssignments').map(({ body, at }) => {
    const { roleDefinitionId, principalId } = body['properties'] as { roleDefinitionId: string; principalId: string };
    const scope = (body['scope'] as { id: string } | undefined)?.id.replace(/^\/providers\/Microsoft\.\w+\/\w+(?:\/\w+)*\//, '') ?? `everything (${at})`;
    const who = /\(id-([a-z]+)-/.exec(principalId)?.[1] ?? principalId;
    // Names of what there is one of differ by environment.
    return `${who} may ${roleNames[roleDefinitionId.split('/').at(-1) ?? ''] ?? roleDefinitionId} ${scopeName(scope)}`;
  });
  const pulling = [...Object.keys(programs), 'migrator'].map((who) => `${who} may pull from registry`);
  return differences('right:', found, [
    ...bus.senders.map(({ service, topic }) => `${service} may send to ${topic}`),
    ...bus.receivers.map(({ service, topic, subscription }) => `${service} may receive from ${topic}/${subscription}`),
    ...pulling, 'payment may read secrets of vault', 'cart may read secrets of vault', 'functions may own blobs of storage',
  ]);
}

const scopeName = (scope: string): string => {
  if (/^cr\w+$/.test(scope)) return 'registry';
  if (scope.startsWith('kv-')) return 'vault';
  return /^st\w+$/.test(scope) ? 'storage' : below(scope) || scope;
};

interface Container {
  readonly image: string;
  readonly command?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly secretRef?: string }[];
  readonly probes?: readonly { readonly httpGet: { readonly path: string } }[];
}

const containerOf = (placed: Placed): Container => (propertiesOf(placed)['template'] as { containers: [Container] }).containers[0];

/** What each program is told on Azure. A secret is what its example is, since only the vault knows it. */
export function azureSettings(placed: readonly Placed[]): ReadonlyMap<string, Settings> {
  const settings = new Map<string, Settings>();
  for (const app of ofType(placed, 'Microsoft.App/containerApps')) settings.set(app.name, envOf(containerOf(app).env));
  for (const app of ofType(placed, 'Microsoft.Web/sites')) {
    const { appSettings } = propertiesOf(app)['siteConfig'] as { appSettings: Container['env'] };
    settings.set('functions', envOf(appSettings));
  }
  return settings;
}

/** Stand for secrets where they are checked: the key is that of RFC 7515 §A.3. */
const someSecret = (name: string): string => name === 'OFFLINE_LIMITS_KEY'
  ? '{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}'
  : 'whsec_c29tZSBzZWNyZXQgZnJvbSB0aGUga2V5IHZhdWx0';
const clientId = '6a5f0e0c-2f4e-4a63-9d0c-0a54c3d1b7aa';

/** What only Azure knows is put as it would look. */
const envOf = (env: Container['env'] = []): Settings => Object.fromEntries(env.map(({ name, value, secretRef }) => [name,
  secretRef !== undefined ? someSecret(name) : (value ?? '').replaceAll(/<[^<>]*clientId>/g, clientId).replaceAll(/<[^<>]*ConnectionString>/g, `InstrumentationKey=${clientId}`)
    .replaceAll(/<[^<>]*defaultHostname>/g, 'till.azurestaticapps.net').replaceAll(/<[^<>]*defaultDomain>/g, 'shop.northeurope.azurecontainerapps.io').replaceAll(/<[^<>]*fullyQualifiedDomainName>/g, 'sql-shop.database.windows.net')]));

function programFaults(placed: readonly Placed[]): string[] {
  const settings = azureSettings(placed);
  const jobs = ofType(placed, 'Microsoft.App/jobs');
  return [
    ...differences('program', [...settings.keys()], Object.keys(programs)),
    ...[...settings].flatMap(([program, given]) => settingFaults(`azure/${program}`, program, given)),
    ...differences('job', jobs.map(({ name }) => name), Object.keys(programs).map((program) => `migrate-${program}`)),
    ...jobs.flatMap((job) => migrationFaults(`azure/${job.name}`, job.name.replace('migrate-', ''), envOf(containerOf(job).env))),
    ...[...ofType(placed, 'Microsoft.App/containerApps'), ...jobs].filter((each) => !containerOf(each).image.endsWith(`/checkout-${each.name.replace('migrate-', '')}:4f2a91c`))
      .map((each) => `${each.name} runs ${containerOf(each).image}`),
    ...ofType(placed, 'Microsoft.App/containerApps').filter((each) => containerOf(each).probes?.map(({ httpGet }) => httpGet.path).join() !== '/health/started,/health/live,/health/ready')
      .map((each) => `${each.name} is not probed at /health/started, /health/live and /health/ready`),
  ];
}

/** The till in the browser is served from one origin and calls others: each must be the address of a service that lets just that origin in. */
function tillFaults(placed: readonly Placed[], outputs: Readonly<Record<string, unknown>>): string[] {
  const { token, scope, ...services } = outputs['tillAddresses'] as Readonly<Record<string, string>>;
  const admitting = ofType(placed, 'Microsoft.App/containerApps').flatMap((app) => containerOf(app).env?.filter(({ name }) => name === 'TILL_ORIGINS').map(({ value }) => `${app.name} to ${value}`) ?? []);
  return [
    ...differences('open to tills:', admitting, Object.keys(services).map((name) => `${name} to ${String(outputs['webUrl'])}`)),
    ...Object.entries(services).filter(([name, address]) => !new RegExp(`^https://${name}\\.<[^<>]*defaultDomain>$`).test(address)).map(([name, address]) => `tills look for ${name} at ${address}`),
    ...(token === exported.TILL_TOKEN_URL ? [] : [`tills ask for tokens at ${token}`]),
    ...(scope === 'api://scanlon-checkout/.default' ? [] : [`tills ask for ${scope}`]),
  ];
}

/** A service that does not scale by a subscription it owns would fall behind unseen. */
function scaleFaults(placed: readonly Placed[]): string[] {
  const found = ofType(placed, 'Microsoft.App/containerApps').flatMap((app) => {
    const { scale } = propertiesOf(app)['template'] as { scale: { rules: { custom?: { metadata: { topicName: string; subscriptionName: string } } }[] } };
    return scale.rules.flatMap(({ custom }) => (custom ? [`${app.name} by ${custom.metadata.topicName}/${custom.metadata.subscriptionName}`] : []));
  });
  const wanted = bus.receivers.filter(({ service }) => service !== 'functions').map(({ service, topic, subscription }) => `${service} by ${topic}/${subscription}`);
  return differences('scaling of', found, wanted);
}

/** https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules */
const nameRules: Readonly<Record<string, RegExp>> = {
  'Microsoft.App/containerApps': /^[a-z](?:[a-z0-9]|-(?!-)){0,30}[a-z0-9]$/,
  'Microsoft.App/jobs': /^[a-z](?:[a-z0-9]|-(?!-)){0,30}[a-z0-9]$/,
  'Microsoft.ContainerRegistry/registries': /^[a-zA-Z0-9]{5,50}$/,
  'Microsoft.KeyVault/vaults': /^[a-zA-Z](?:[a-zA-Z0-9]|-(?!-)){1,22}[a-zA-Z0-9]$/,
  'Microsoft.ServiceBus/namespaces': /^[a-zA-Z][a-zA-Z0-9-]{4,48}[a-zA-Z0-9]$/,
  'Microsoft.Sql/servers': /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  'Microsoft.Storage/storageAccounts': /^[a-z0-9]{3,24}$/,
};

const nameFaults = (placed: readonly Placed[]): string[] => placed.filter(({ type, name }) => nameRules[type]?.test(name) === false).map(({ type, name }) => `${name} is no name of a ${type}`);

/** Nothing in Azure is opened by a text that could be copied. */
const secretFaults = (placed: readonly Placed[]): string[] => placed.flatMap(({ body, at }) =>
  (/SharedAccessKey=|Password=|AccountKey=|whsec_/i.test(JSON.stringify(body)) ? [`${at} holds a secret`] : []));

const propertiesOf = (placed: Placed | undefined): Readonly<Record<string, unknown>> => (placed?.body['properties'] ?? {}) as Readonly<Record<string, unknown>>;
