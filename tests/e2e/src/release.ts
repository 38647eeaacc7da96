import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Child, type Program } from '@checkout/local-network';

const root = join(import.meta.dirname, '../../..');

/** One change of a release to the tree before it: a new file, or other words in a file that is there. */
export type Edit =
  | { readonly file: string; readonly content: string }
  | { readonly file: string; readonly before: string; readonly after: string };

/**
 * Another release of this system: a copy of the tree with changes in it, whose services run as processes of their own. What a checkout of its tag
 * would be, had it been written already.
 */
export class Release implements Disposable {
  readonly name: string;
  readonly directory: string;

  /** @throws Error when a text that is to be changed is not there: the release would be today's under another name. */
  static plant(name: string, edits: readonly Edit[]): Release {
    const directory = mkdtempSync(join(tmpdir(), `checkout-${name}-`));
    for (const each of ['libs', 'services', 'tools']) {
      cpSync(join(root, each), join(directory, each), { recursive: true, filter: (path) => !['node_modules', 'dist'].includes(basename(path)) });
    }
    cpSync(join(root, 'package.json'), join(directory, 'package.json'));
    linkPackages(directory);
    for (const edit of edits) {
      const file = join(directory, edit.file);
      if ('content' in edit) {
        writeFileSync(file, edit.content, { flag: 'wx' });
        continue;
      }
      const text = readFileSync(file, 'utf8');
      if (!text.includes(edit.before)) throw new Error(`${edit.file} does not say "${edit.before}": say here what the next release changes instead`);
      writeFileSync(file, text.replace(edit.before, edit.after));
    }
    return new Release(name, directory);
  }

  private constructor(name: string, directory: string) {
    this.name = name;
    this.directory = directory;
  }

  /** A revision of a service beside the one that runs: the same subscription, the same database, the same rights, a port of its own. */
  async startBeside(program: Program, log: (name: string, line: string) => void): Promise<Child> {
    const port = await freePort();
    const child = new Child({
      ...program, name: `${program.name} of ${this.name}`, directory: this.directory,
      environment: { ...program.environment, PORT: String(port), SERVICE_VERSION: this.name }, healthUrl: `http://127.0.0.1:${port}/health/ready`,
    }, log);
    await child.ready(120_000);
    return child;
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Third-party packages are those of this tree; our own are the copy's. */
function linkPackages(directory: string): void {
  const [from, to] = [join(root, 'node_modules'), join(directory, 'node_modules')];
  mkdirSync(join(to, '@checkout'), { recursive: true });
  for (const name of readdirSync(from)) if (name !== '@checkout') symlinkSync(join(from, name), join(to, name), 'junction');
  for (const name of readdirSync(join(from, '@checkout'))) symlinkSync(join(to, '@checkout', readlinkSync(join(from, '@checkout', name))), join(to, '@checkout', name), 'junction');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
