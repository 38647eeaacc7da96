/** What `GET /entities` tells of one entity. */
export interface Counts {
  readonly active: number;
  readonly scheduled: number;
  readonly deferred: number;
  readonly locked: number;
  readonly deadLetter: number;
  readonly requiresSession?: boolean;
}

/** The HTTP side is on the same port as AMQP. */
export async function countsOf(connectionString: string): Promise<Readonly<Record<string, Counts>>> {
  const host = /Endpoint=[a-z]+:\/\/([^/;]+)/i.exec(connectionString)?.[1];
  if (host === undefined) throw new Error('The connection string has no endpoint.');
  const url = `http://${host.includes(':') ? host : `${host}:5672`}/entities`;
  const response = await fetch(url).catch(() => undefined);
  if (!response?.ok) throw new Error(`No service bus stand-in answers at ${url}.`);
  return (await response.json()) as Record<string, Counts>;
}

/** One line for each entity; subscriptions stand under their topic. */
export async function listEntities(connectionString: string): Promise<void> {
  const counts = Object.entries(await countsOf(connectionString));
  const columns = ['active', 'locked', 'deferred', 'scheduled', 'deadLetter'] as const;
  const named = counts
    .toSorted(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
    .map(([path, entity]) => ({ name: path.replace(/^.*\/Subscriptions\//i, '  ') , entity }));
  const width = Math.max(6, ...named.map(({ name }) => name.length));
  process.stdout.write(`${'entity'.padEnd(width)}${columns.map((column) => column.padStart(12)).join('')}\n`);
  for (const { name, entity } of named) {
    process.stdout.write(`${name.padEnd(width)}${columns.map((column) => String(entity[column] || '·').padStart(12)).join('')}\n`);
  }
}
