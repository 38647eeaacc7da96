import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';

/** A file as it is served. */
export interface ServedFile {
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.png': 'image/png',
  '.json': 'application/json', '.webmanifest': 'application/manifest+json', '.woff2': 'font/woff2',
};

/** Scripts and styles are this site's own, and it talks to nobody else. Mantine sets styles on elements, hence the one exception. */
const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/** Every file of a folder by its address. All are read at the start: there are few, and no address can then reach outside the folder. */
export function filesIn(directory: string): ReadonlyMap<string, ServedFile> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && !entry.name.startsWith('.'));
  return new Map(entries.map((entry) => {
    const path = join(entry.parentPath, entry.name);
    const address = path.slice(directory.length).split(sep).join('/');
    return [address, { bytes: readFileSync(path), headers: headersOf(address) }];
  }));
}

const headersOf = (address: string): Record<string, string> => ({
  'content-type': types[extname(address)] ?? 'application/octet-stream',
  // A file under assets/ has the hash of its content in its name.
  'cache-control': address.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
});
