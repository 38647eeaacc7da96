import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { rulesFile, type SiteRules } from './site-rules.ts';

/** A file as it is served. */
export interface ServedFile {
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Every file of a folder by its address. All are read at the start: there are few, and no address can then reach outside the folder. */
export function filesIn(directory: string, rules: SiteRules): ReadonlyMap<string, ServedFile> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && !entry.name.startsWith('.'));
  return new Map(entries.map((entry) => {
    const path = join(entry.parentPath, entry.name);
    const address = path.slice(directory.length).split(sep).join('/');
    return [address, { bytes: readFileSync(path), headers: rules.headersOf(address) }] as const;
  }).filter(([address]) => address !== `/${rulesFile}`));
}
