/**
 * The query parameters of each documented route, by `METHOD /path/:param` as Fastify names routes. What is not documented (health, metrics) is not in it.
 * A route takes no others: a misspelt filter that is ignored shows too much, and looks right.
 */
export function documentedQueries(openapi: object | undefined): ReadonlyMap<string, ReadonlySet<string>> {
  const known = new Map<string, ReadonlySet<string>>();
  const { paths = {} } = (openapi ?? {}) as { readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>> };
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, { parameters = [] }] of Object.entries(operations)) {
      const names = parameters.flatMap(({ in: place, name }) => (place === 'query' && name !== undefined ? [name] : []));
      known.set(`${method.toUpperCase()} ${path.replaceAll(/\{([^}]+)\}/g, ':$1')}`, new Set(names));
    }
  }
  return known;
}

interface Operation {
  readonly parameters?: readonly { readonly in?: string; readonly name?: string }[];
}

/** Those that a route does not know, or was given more than once: which of the two was meant nobody can say. */
export function unknownIn(url: string, known: ReadonlySet<string>): readonly string[] {
  const start = url.indexOf('?');
  if (start < 0) return [];
  const names = [...new URLSearchParams(url.slice(start + 1)).keys()];
  return [...new Set(names.filter((name, index) => !known.has(name) || names.indexOf(name) !== index))];
}
