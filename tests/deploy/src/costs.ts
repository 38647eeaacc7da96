import { join } from 'node:path';
import { askedOfAzure, sizes } from './azure.ts';
import type { Placed } from './bicep/evaluate.ts';
import { Tree } from './tree.ts';

interface Meter {
  readonly what: string;
  readonly unit: 'second' | 'hour' | 'day';
  readonly price: number;
  readonly region: string;
  /** When whoever wrote it down asked for it. */
  readonly date: string;
  readonly source: string;
  /** For the Azure Retail Prices API. */
  readonly filter: string;
}

interface Prices {
  readonly meters: Readonly<Record<string, Meter>>;
  readonly byUse: readonly { readonly what: string; readonly price?: number; readonly source?: string; readonly filter: string }[];
}

/** As Microsoft's own calculator counts a month. */
const unitsAMonth = { second: 730 * 3_600, hour: 730, day: 30 } as const;

/** What a month is charged for whatever is done with it: how much of which meter. */
type Quantities = Readonly<Record<string, number>>;

/** What is not charged by itself, or by use only (`byUse` in prices.json). */
const notStanding = /^Microsoft\.(?:ManagedIdentity|OperationalInsights|Insights|Authorization|KeyVault|Storage)\/|^Microsoft\.App\/(?:managedEnvironments|jobs)$|^Microsoft\.Web\/|^Microsoft\.ServiceBus\/namespaces\/|^Microsoft\.Sql\/servers(?:\/(?!databases$|elasticPools$)|$)|^Microsoft\.Network\/(?!privateEndpoints$)/;

/** @throws Error for something rented that nobody has put a meter to. */
function quantitiesOf(placed: readonly Placed[]): Quantities {
  const total: Record<string, number> = {};
  const add = (meter: string, amount: number): void => {
    total[meter] = (total[meter] ?? 0) + amount;
  };
  // Each database has a copy of its size in the other region.
  const copies = placed.some(({ type }) => type === 'Microsoft.Sql/servers/failoverGroups') ? 2 : 1;
  for (const each of placed.filter(({ isExisting, type }) => !isExisting && !notStanding.test(type))) {
    const { name = '', tier = '', capacity = 0 } = (each.body['sku'] ?? {}) as { name?: string; tier?: string; capacity?: number };
    const properties = (each.body['properties'] ?? {}) as { zoneRedundant?: boolean; template?: { containers: { resources: { cpu: number; memory: string } }[]; scale: { minReplicas: number } } };
    if (each.type === 'Microsoft.ServiceBus/namespaces' && tier === 'Standard') add('busStandard', 1);
    else if (each.type === 'Microsoft.ServiceBus/namespaces') add('busPremium', capacity);
    else if (each.type === 'Microsoft.Sql/servers/databases' && name === 'ElasticPool') continue;
    else if (each.type === 'Microsoft.Sql/servers/elasticPools' && tier === 'Standard') add('poolEdtu', capacity);
    else if (each.type === 'Microsoft.Sql/servers/elasticPools' && name === 'GP_Gen5') {
      add('poolVcore', capacity);
      add('licenseGeneral', capacity);
      if (properties.zoneRedundant) add('poolVcoreZone', capacity);
    } else if (each.type === 'Microsoft.Sql/servers/databases' && name === 'BC_Gen5') {
      add('databaseVcore', capacity * copies);
      add('licenseCritical', capacity * copies);
    } else if (each.type === 'Microsoft.App/containerApps' && properties.template) {
      const { containers, scale } = properties.template;
      for (const { resources } of containers) {
        add('vcpu', Number(resources.cpu) * scale.minReplicas);
        add('memory', Number.parseFloat(resources.memory) * scale.minReplicas);
      }
    } else if (each.type === 'Microsoft.ContainerRegistry/registries' && (name === 'Basic' || name === 'Premium')) add(`registry${name}`, 1);
    else if (each.type === 'Microsoft.Network/privateEndpoints') add('privateEndpoint', 1);
    else throw new Error(`${each.type} (${name || each.name}) is rented, and infra/azure/prices.json has no meter for it`);
  }
  return total;
}

const dollars = (amount: number): string => amount.toLocaleString('en', { minimumFractionDigits: 0, maximumFractionDigits: amount < 100 ? 2 : 0 });

/** The part of docs/deploy.md that is made from infra/azure: quantities from the Bicep, prices with their sources from prices.json. */
export function costsPage(tree = Tree.root): string {
  const prices = JSON.parse(tree.read('infra/azure/prices.json')) as Prices;
  const bySize = sizes.map((size) => quantitiesOf(askedOfAzure(tree, size)));
  const monthly = (meter: string, quantity = 0): number => {
    const { price, unit } = prices.meters[meter] ?? { price: Number.NaN, unit: 'hour' };
    return quantity * price * unitsAMonth[unit];
  };
  const meters = Object.entries(prices.meters);
  const cell = (meter: string, quantity: number | undefined): string => (quantity === undefined ? '' : `${dollars(quantity)} → ${dollars(monthly(meter, quantity))}`);
  const totals = bySize.map((quantities) => Object.entries(quantities).reduce((sum, [meter, quantity]) => sum + monthly(meter, quantity), 0));
  return [
    '| standing, USD a month | unit price | small | medium | large |', '|---|---|---|---|---|',
    ...meters.map(([name, { what, unit, price }]) => `| ${what} | ${price} a ${unit} | ${bySize.map((quantities) => cell(name, quantities[name])).join(' | ')} |`),
    `| **together** | | ${totals.map((total) => `**${dollars(total)}**`).join(' | ')} |`,
    '',
    '| price | region | asked for on | where it stands |', '|---|---|---|---|',
    ...meters.map(([, { what, region, date, source }]) => `| ${what} | ${region} | ${date} | ${source} |`),
    '',
    '| by use, or not found | USD | where it stands |', '|---|---|---|',
    ...prices.byUse.map(({ what, price, source, filter }) => `| ${what} | ${price ?? 'not stated'} | ${source ?? `look it up: \`price "${filter}"\``} |`),
    '',
    '```sh',
    'price() { curl --silent --get https://prices.azure.com/api/retail/prices --data-urlencode "\\$filter=priceType eq \'Consumption\' and armRegionName eq \'$LOCATION\' and $1" |',
    '  jq --raw-output \'.Items[] | [.productName, .skuName, .meterName, .tierMinimumUnits, .retailPrice, .unitOfMeasure, .effectiveStartDate] | @tsv\'; }',
    ...[...meters.map(([, { filter }]) => filter), ...prices.byUse.map(({ filter }) => filter)].map((filter) => `price "${filter}"`),
    '```',
  ].join('\n');
}

export const begin = '<!-- from here: node tools/run.mjs file tests/deploy/src/write-costs.ts -->';
export const end = '<!-- to here -->';
export const deployPage = join(Tree.root.directory, 'docs/deploy.md');

/** @returns docs/deploy.md with its generated part made anew. */
export function withCosts(page: string, costs: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error('docs/deploy.md has lost the marks between which its costs stand');
  return `${page.slice(0, from + begin.length)}\n\n${costs}\n\n${page.slice(to)}`;
}
