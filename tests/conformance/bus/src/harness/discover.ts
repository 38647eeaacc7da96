import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Situation } from '../situation.ts';

const directory = join(import.meta.dirname, '../situations');
/** Tests are declared at once, so their modules are loaded at once. */
const load = createRequire(import.meta.filename);

/** All situations, by group: the folder's name. @throws when a file has none. */
export function discover(): ReadonlyMap<string, readonly Situation[]> {
  return new Map(readdirSync(directory).toSorted().map((group) => [group, readdirSync(join(directory, group)).toSorted().map((file) => {
    const { situation } = load(join(directory, group, file)) as { situation?: Situation };
    if (!situation) throw new Error(`situations/${group}/${file} exports no situation.`);
    return situation;
  })]));
}
