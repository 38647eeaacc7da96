import { askedOfAzure, azureFaults, sizes } from './azure.ts';
import { Tree } from './tree.ts';

it.each(sizes)('asks Azure, in %s, for exactly what the topology and the services need: no subscription or filter is missing (B25)', (size) => {
  expect(azureFaults(Tree.root, size)).toEqual([]);
});

it('opens nothing to the internet but the services themselves when the network is private', () => {
  const databases = askedOfAzure(Tree.root, 'large').filter(({ type }) => ['Microsoft.Sql/servers', 'Microsoft.ServiceBus/namespaces'].includes(type));
  expect(databases.filter(({ isExisting }) => !isExisting).map(({ body }) => (body['properties'] as { publicNetworkAccess: string }).publicNetworkAccess)).toEqual(['Disabled', 'Disabled', 'Disabled']);
});

it('B22 calls somebody when a topic is half full, dead letters and all', () => {
  const asked = askedOfAzure(Tree.root, 'small');
  const topics = asked.filter(({ type, isExisting }) => type === 'Microsoft.ServiceBus/namespaces/topics' && !isExisting).map(({ body }) => (body['properties'] as { maxSizeInMegabytes: number }).maxSizeInMegabytes);
  const criteria = asked.filter(({ type }) => type === 'Microsoft.Insights/metricAlerts')
    .flatMap(({ body }) => (body['properties'] as { criteria: { allOf: readonly { metricName: string; threshold: number; dimensions?: readonly { name: string }[] }[] } }).criteria.allOf);
  expect(topics.length).toBeGreaterThan(0);
  expect(criteria.filter(({ metricName }) => metricName === 'Size')).toEqual([expect.objectContaining({ threshold: (Math.min(...topics) * 1_048_576) / 2, dimensions: [expect.objectContaining({ name: 'EntityName' })] })]);
});

it('B24 keeps what waits for two weeks, and then sets it aside instead of losing it', () => {
  const subscriptions = askedOfAzure(Tree.root, 'small').filter(({ type, isExisting }) => type === 'Microsoft.ServiceBus/namespaces/topics/subscriptions' && !isExisting).map(({ body }) => body['properties']);
  expect(subscriptions.length).toBeGreaterThan(0);
  expect(subscriptions).toEqual(subscriptions.map(() => expect.objectContaining({ defaultMessageTimeToLive: 'P14D', deadLetteringOnMessageExpiration: true })));
});

it('makes the jobs that migrate before anything that serves is changed', () => {
  const types = (stage: string): Set<string> => new Set(askedOfAzure(Tree.root, 'small', { STAGE: stage }).map(({ type }) => type));
  expect([types('registry').has('Microsoft.App/jobs'), types('migrations').has('Microsoft.App/jobs'), types('all').has('Microsoft.App/jobs')]).toEqual([false, true, true]);
  expect([types('migrations').has('Microsoft.App/containerApps'), types('migrations').has('Microsoft.Web/sites'), types('all').has('Microsoft.App/containerApps')]).toEqual([false, false, true]);
});

describe('a mistake in infra/azure is found:', () => {
  it.each<[string, string, string, string, RegExp]>([
    ['a topic that the topology has not', 'libs/contracts/generated/azure-service-bus.json', '"name": "sale-events"', '"name": "sale-event"', /topic sale-events is missing/],
    ['a subscription without sessions', 'libs/contracts/generated/azure-service-bus.json', '"requiresSession": true', '"requiresSession": false', /requiresSession false and not true/],
    ['a filter that lets replays of others through', 'libs/contracts/generated/azure-service-bus.json', 'replayFor IS NULL OR ', '1=1 OR ', /rule .*is missing/],
    ['a rule beside the one that takes everything', 'infra/azure/service-bus.bicep', '/$Default', '/replay', /\/\$Default: .* is missing/],
    ['dead letters that expire', 'infra/azure/service-bus.bicep', 'deadLetteringOnMessageExpiration: true', 'deadLetteringOnMessageExpiration: false', /deadLetteringOnMessageExpiration false/],
    ['a right too many', 'infra/azure/main.bicep', 'readers: [principalIds.payment, principalIds.cart]', 'readers: [principalIds.payment, principalIds.cart, principalIds.receipt]', /right: receipt may read secrets of vault is not wanted/],
    ['a sender with the rights of a receiver', 'infra/azure/service-bus-access.bicep', 'roleDefinitionId: dataSender', 'roleDefinitionId: dataReceiver', /may send to .* is missing/],
    ['a right over the whole namespace', 'infra/azure/service-bus-access.bicep', 'scope: topics[index]', 'scope: namespace', /may send to .* is missing/],
    ['a database that is missing', 'infra/azure/main.bicep', "concat(serviceNames, ['operations'])", 'serviceNames', /database operations is missing/],
    ['a required setting that is missing', 'infra/azure/services.bicep', "  { name: 'AUTH_AUDIENCE', value: auth.audience }\n", '', /azure\/cart: AUTH_AUDIENCE is not set/],
    ['webhooks that payment cannot check', 'infra/azure/services.bicep', "[{ setting: 'PROVIDER_WEBHOOK_SECRETS', secret: 'provider-webhook-secrets' }]", '[]', /azure\/payment: PROVIDER_WEBHOOK_SECRETS is not given/],
    ['a setting that nobody reads', 'infra/azure/services.bicep', "name: 'LOG_LEVEL'", "name: 'LOGLEVEL'", /LOGLEVEL is read by nobody/],
    ['a setting with a wrong value', 'infra/azure/services.bicep', "'https://orchestrator.", "'orchestrator.", /ORCHESTRATOR_URL is not an http address/],
    ['another service\'s database', 'infra/azure/services.bicep', 'Database=${service.name};', 'Database=cart;', /azure\/payment: SQL_CONNECTION is not of the database payment/],
    ['the functions app without its services', 'infra/azure/functions.bicep', "{ name: 'PAYMENT_URL'", "{ name: 'PAYMENTS_URL'", /PAYMENT_URL is not set/],
    ['a migration without its identity\'s client id', 'infra/azure/services.bicep', '=${identity[database.service].clientId}', '', /SERVICE_IDENTITY is not a name and a client id/],
    ['a subscription that nobody scales by', 'infra/azure/services.bicep', ", { topic: 'checkout-replies', subscription: 'orchestrator' }", '', /scaling of orchestrator by checkout-replies\/orchestrator is missing/],
    ['another image', 'infra/azure/services.bicep', '/checkout-${service.name}:', '/${service.name}:', /cart runs/],
    ['a probe that is missing', 'infra/azure/container-app.bicep', '/health/started', '/started', /is not probed/],
    ['a parameter that a module does not take', 'infra/azure/main.bicep', '    sqlServerHost: sql.outputs.host\n    auth', '    sqlHost: sql.outputs.host\n    auth', /takes no parameter sqlHost/],
    ['a parameter that a module needs', 'infra/azure/main.bicep', ', retentionDays: allotment.logRetentionDays', '', /needs the parameter retentionDays/],
    ['a parameter of another type', 'infra/azure/main.bicep', 'isPublic: !privateNetwork', "isPublic: 'yes'", /isPublic is yes, which is no bool/],
    ['a size that is not there', 'infra/azure/small.bicepparam', "size = 'small'", "size = 'tiny'", /size is tiny/],
    ['a name that is not known', 'infra/azure/sql.bicep', 'output host string = server.', 'output host string = sever.', /sever is not known/],
    ['an output that is not there', 'infra/azure/main.bicep', 'registry.outputs.host\n    imageTag', 'registry.outputs.hostName\n    imageTag', /there is no hostName/],
    ['a name that only Azure knows', 'infra/azure/service-bus.bicep', "name: 'sb-${suffix}'", "name: 'sb-${topics[0].properties.status}'", /depends on itself|must be known/],
    ['a name that Azure refuses', 'infra/azure/registry.bicep', "replace('cr${suffix}', '-', '')", "'cr-${suffix}'", /is no name of a Microsoft.ContainerRegistry/],
    ['a service that no till is let into', 'infra/azure/services.bicep', "${defaultDomain}' }, { name: 'TILL_ORIGINS', value: tillOrigin }]", "${defaultDomain}' }]", /open to tills: cart to .* is missing/],
    ['a service that is open to another site', 'infra/azure/main.bicep', 'tillOrigin: web.outputs.url', "tillOrigin: 'https://elsewhere.example'", /cart to https:\/\/elsewhere.example is not wanted/],
    ['a till\'s origin with a path', 'infra/azure/web.bicep', "defaultHostname}'", "defaultHostname}/'", /azure\/cart: TILL_ORIGINS is not a list of origins/],
    ['a till that looks for receipts at cart', 'infra/azure/main.bicep', "receipt: 'https://receipt.", "receipt: 'https://cart.", /tills look for receipt at https:\/\/cart/],
    ['a secret in plain sight', 'infra/azure/services.bicep', 'Authentication=Active Directory Default', 'User Id=sa;Password=hunter2', /holds a secret/],
  ])('%s', (_, path, right, wrong, says) => {
    expect(Tree.withMistake(path, right, wrong, (tree) => azureFaults(tree))).toEqual(expect.arrayContaining([expect.stringMatching(says)]));
  });
});
