import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportedMetrics } from '@checkout/service';
import { askedOfAzure } from './azure.ts';
import { Tree } from './tree.ts';

/** What SQL Server, the bus and the identity library say themselves. */
const saidByOthers = ['Login failed for user', 'UnauthorizedAccess', 'CredentialUnavailableError', 'AggregateAuthenticationError'];

const sourcesBelow = (directory: string): string[] => readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
  const path = join(directory, entry.name);
  if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name === 'dist' ? [] : sourcesBelow(path);
  return path.endsWith('.ts') && !path.includes('.spec.') ? [readFileSync(path, 'utf8')] : [];
});

const sources = (): string => ['libs', 'services'].flatMap((group) => sourcesBelow(join(Tree.root.directory, group))).join('\n').replaceAll("\\'", "'");

/** Where alerts, the pages they link to, and what programs really say and serve differ, as sentences. */
export function runbookFaults(tree: Tree): string[] {
  const alerts = askedOfAzure(tree, 'small').filter(({ type }) => ['Microsoft.Insights/scheduledQueryRules', 'Microsoft.Insights/metricAlerts'].includes(type));
  const linked = new Set(alerts.map(({ body }) => /docs\/runbooks\/([\w-]+)\.md$/.exec((body['properties'] as { description: string }).description)?.[1] ?? 'no page'));
  const pages = readdirSync(join(tree.directory, 'docs/runbooks')).filter((name) => name !== 'README.md').map((name) => name.replace('.md', ''));
  const said = sources();
  const texts = alerts.flatMap(({ body }) => [...JSON.stringify(body).matchAll(/dynamic\((\[.*?\])\)/g)].flatMap(([, list = '[]']) => JSON.parse(JSON.parse(`"${list}"`) as string) as string[]));
  const inWorkbook = [...tree.read('infra/azure/workbook.json').matchAll(/has(?:_any)? \(?((?:'[^']+'(?:, )?)+)/g)].flatMap(([, list = '']) => [...list.matchAll(/'([^']+)'/g)].map(([, text = '']) => text));
  const queried = [...alerts.map(({ body }) => JSON.stringify(body)), tree.read('infra/azure/workbook.json')].flatMap((text) => [...text.matchAll(/AppMetrics \| where Name == \\*["'](\w+)/g)].map(([, metric = '']) => metric));
  const metrics = pages.flatMap((page) => [...tree.read(`docs/runbooks/${page}.md`).matchAll(/`([a-z]+(?:_[a-z]+)*_(?:total|seconds|chunks))/g)].map(([, metric = '']) => ({ page, metric })));
  return [
    ...[...linked].filter((page) => !pages.includes(page)).map((page) => `an alert links to ${page}, which is no runbook`),
    ...pages.filter((page) => !linked.has(page)).map((page) => `no alert links to ${page}`),
    ...pages.filter((page) => !tree.read('docs/runbooks/README.md').includes(`(${page}.md)`)).map((page) => `the list of runbooks has no ${page}`),
    ...[...texts, ...inWorkbook].filter((text) => !saidByOthers.includes(text) && !said.includes(text)).map((text) => `nobody writes "${text}" to a log`),
    ...queried.filter((metric) => !(metric in exportedMetrics)).map((metric) => `an alert asks for ${metric}, which Application Insights is not sent`),
    ...Object.keys(exportedMetrics).filter((metric) => !queried.includes(metric)).map((metric) => `Application Insights is sent ${metric}, and nobody asks for it`),
    ...Object.keys(exportedMetrics).filter((metric) => !said.includes(`'${metric}'`)).map((metric) => `nobody counts ${metric}`),
    ...metrics.filter(({ metric }) => !said.includes(`'${metric}'`)).map(({ page, metric }) => `${page} speaks of ${metric}, which is no metric`),
    ...pages.flatMap((page) => [...tree.read(`docs/runbooks/${page}.md`).matchAll(/\/v1\/([a-z]+(?:\/[a-z]+)?)/g)].map(([, route = '']) => route)
      .filter((route) => !said.includes(`'v1/${route}'`) && !said.includes(`'v1/${route.split('/')[0]}'`) && !said.includes(`'${route.split('/')[0]}/:`)).map((route) => `${page} calls /v1/${route}, which nobody serves`)),
  ];
}
