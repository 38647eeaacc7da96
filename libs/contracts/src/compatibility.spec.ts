import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from './catalogue.ts';
import { generatedFiles } from './generate/files.ts';
import { CheckoutBody } from './http.ts';
import { topology } from './topology.ts';

const directory = join(import.meta.dirname, '..');
/** Every message type ever published, as it looked then. Files are added, never changed: a dead letter may be replayed years later. */
const published = readdirSync(join(directory, 'fixtures')).filter((file) => file.endsWith('.json'));
const read = (path: string) => readFileSync(join(directory, path), 'utf8');

describe('contracts', () => {
  it.each(published)('OP04 still read %s as it was once published', (file) => {
    const type = file.replace(/(~\d+)?\.json$/, '');
    expect(() => catalogue.get(type)?.parse(JSON.parse(read(`fixtures/${file}`)))).not.toThrow();
    expect(catalogue.has(type)).toBe(true);
  });

  it('have a published example for every message', () => {
    const types = new Set(published.map((file) => file.replace(/(~\d+)?\.json$/, '')));
    expect([...catalogue.keys()].filter((type) => !types.has(type))).toEqual([]);
  });

  it.each(readdirSync(join(directory, 'fixtures/http')))('T18 still take %s, as the first tills sent it', (file) => {
    expect(() => CheckoutBody.parse(JSON.parse(read(`fixtures/http/${file}`)))).not.toThrow();
  });

  it('travel on declared topics only', () => {
    const topics = new Set(topology.map(({ name }) => name));
    expect([...catalogue.values()].filter(({ topic }) => !topics.has(topic)).map(({ type }) => type)).toEqual([]);
  });

  it('refuse a field that nobody declared', () => {
    const [type, contract] = [...catalogue][0] ?? [];
    const example: unknown = JSON.parse(read(`fixtures/${type}.json`));
    expect(() => contract?.parse({ ...(example as object), status: 'completed' })).toThrow(/status/);
  });

  it('have fresh generated files (else run `npm run generate`)', () => {
    for (const [path, content] of generatedFiles()) expect({ path, content: read(`generated/${path}`) }).toEqual({ path, content });
  });
});
