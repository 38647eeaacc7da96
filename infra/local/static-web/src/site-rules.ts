import { readFileSync, existsSync } from 'node:fs';
import { extname, join } from 'node:path';

/** The file of rules that Azure Static Web Apps reads at the root of a site, and serves to nobody. */
export const rulesFile = 'staticwebapp.config.json';

type Headers = Readonly<Record<string, string>>;

/** What a site says of how it is served: the part of https://learn.microsoft.com/azure/static-web-apps/configuration that is kept to here. */
export interface SiteRules {
  headersOf(address: string): Headers;
  /** The page for an address that is no file; undefined where there is none. */
  fallbackFor(address: string): string | undefined;
}

const types: Headers = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.png': 'image/png',
  '.json': 'application/json', '.woff2': 'font/woff2',
};

/** By what they may hold; whatever else Azure knows is refused, so that nothing is left out unseen. */
const known: Readonly<Record<string, readonly string[] | undefined>> = {
  '': ['$schema', 'navigationFallback', 'globalHeaders', 'routes', 'mimeTypes'],
  navigationFallback: ['rewrite', 'exclude'],
  routes: ['route', 'headers'],
};

/** @throws Error for a rule that is not kept to here, or that Azure would not take. */
export function siteRules(directory: string): SiteRules {
  const path = join(directory, rulesFile);
  const { navigationFallback, globalHeaders = {}, routes = [], mimeTypes = {} } = checked(existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {});
  return {
    // The first route that fits is the one that goes, and says more than what goes for all.
    headersOf: (address) => ({
      'content-type': mimeTypes[extname(address)] ?? types[extname(address)] ?? 'application/octet-stream',
      ...globalHeaders, ...routes.find(({ route }) => isMatch(route, address))?.headers,
    }),
    fallbackFor: (address) => (navigationFallback && !navigationFallback.exclude?.some((pattern) => isMatch(pattern, address)) ? navigationFallback.rewrite : undefined),
  };
}

/** A star stands at the end and for any rest. */
const isMatch = (pattern: string, address: string): boolean => (pattern.endsWith('*') ? address.startsWith(pattern.slice(0, -1)) : address === pattern);

interface RulesFile {
  readonly navigationFallback?: { readonly rewrite: string; readonly exclude?: readonly string[] };
  readonly globalHeaders?: Headers;
  readonly routes?: readonly { readonly route: string; readonly headers?: Headers }[];
  readonly mimeTypes?: Headers;
}

function checked(rules: RulesFile): RulesFile {
  const refuse = (what: string): never => {
    throw new Error(`${rulesFile}: ${what}`);
  };
  const only = (part: string, value: object): void => {
    for (const key of Object.keys(value)) if (!known[part]?.includes(key)) refuse(`${part === '' ? key : `${part}.${key}`} is not known here`);
  };
  only('', rules);
  if (rules.navigationFallback) only('navigationFallback', rules.navigationFallback);
  for (const route of rules.routes ?? []) only('routes', route);
  const { routes = [], navigationFallback } = rules;
  for (const pattern of [...routes.map(({ route }) => route), ...(navigationFallback?.exclude ?? []), ...(navigationFallback ? [navigationFallback.rewrite] : [])]) {
    if (!/^\/[^*]*\*?$/.test(pattern)) refuse(`${pattern} is no address: it begins with a slash, and a star stands at its end only`);
  }
  return rules;
}
