/** Whether an `Accept` header takes one of the media types (RFC 9110 §12.5.1). Without a header everything is taken. */
export function isAcceptable(accept: string | undefined, offered: readonly string[]): boolean {
  if (accept === undefined || accept.trim() === '' || accept === '*/*') return true;
  const refused = new Set<string>();
  let isTaken = false;
  for (const range of accept.toLowerCase().split(',')) {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim());
    if (parameters.some((parameter) => /^q=0(\.0{1,3})?$/.test(parameter))) refused.add(name);
    else isTaken ||= name === '*/*' || offered.some((type) => type === name || (name.endsWith('/*') && type.startsWith(name.slice(0, -1))));
  }
  return isTaken && !offered.every((type) => refused.has(type));
}

/** Which media types each documented route answers with, by `METHOD /path/:param` as Fastify names routes. Routes without a body are left out. */
export function offeredTypes(openapi: object | undefined): ReadonlyMap<string, readonly string[]> {
  const offered = new Map<string, readonly string[]>();
  for (const [path, operations] of entriesOf(memberOf(openapi, 'paths'))) {
    for (const [method, operation] of entriesOf(operations)) {
      const types = entriesOf(memberOf(operation, 'responses'))
        .filter(([status]) => status !== 'default')
        .flatMap(([, response]) => entriesOf(memberOf(response, 'content')).map(([type]) => type));
      if (types.length > 0) offered.set(`${method.toUpperCase()} ${path.replaceAll(/\{([^}]+)\}/g, ':$1')}`, types);
    }
  }
  return offered;
}

const memberOf = (value: unknown, name: string): unknown => (typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined);
const entriesOf = (value: unknown): [string, unknown][] => (typeof value === 'object' && value !== null ? Object.entries(value) : []);
