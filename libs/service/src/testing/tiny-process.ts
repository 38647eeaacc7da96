import { eventually, type Town } from '@checkout/messaging/testing';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../../..');

export interface Line {
  readonly level: string;
  readonly msg: string;
  readonly time: string;
  readonly port?: number;
  readonly err?: { readonly message: string };
}

/** The tiny service as a process, and what it has said so far. */
export interface TinyProcess {
  readonly process: ChildProcess;
  readonly lines: Line[];
  ready(): Promise<number>;
}

export interface HowToStart {
  /** Loaded before the service, as a module's text. */
  readonly preload?: string;
  /** Said to the shell before it becomes the service, as `ulimit -n 64`. */
  readonly shell?: string;
}

/** Those that a test has started. */
export class Processes {
  readonly #started: ChildProcess[] = [];

  start(town: Town, overrides: NodeJS.ProcessEnv = {}, { preload, shell = ':' }: HowToStart = {}): TinyProcess {
    const options = [
      '--conditions=@checkout/source', '--disable-warning=ExperimentalWarning', '--import', join(root, 'tools/swc-hook.mjs'), '--import', join(import.meta.dirname, 'moved-clock.mjs'),
      ...(preload === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(preload)}`]),
      join(import.meta.dirname, 'tiny-service.ts'),
    ];
    // Without the launcher in between: killing that would leave the service behind, and whoever runs the tests waiting for its output to end.
    const child = spawn('/bin/sh', ['-c', `${shell}; exec "$0" "$@"`, process.execPath, ...options], {
      env: {
        ...process.env, PORT: '0', LOG_LEVEL: 'info', SERVICE_BUS_CONNECTION: town.serviceBus.connectionString, SQL_CONNECTION: town.sqlServer.connectionString,
        AUTH_ISSUER: 'https://identity', AUTH_AUDIENCE: 'checkout', AUTH_JWKS_URL: 'http://localhost:1/jwks', ...overrides,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#started.push(child);
    const lines: Line[] = [];
    let rest = '';
    child.stdout.on('data', (data: Buffer) => {
      const parts = (rest + String(data)).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) if (part.startsWith('{')) lines.push(JSON.parse(part) as Line);
    });
    return {
      process: child,
      lines,
      async ready() {
        let port: number | undefined;
        await eventually(() => {
          port = lines.find(({ msg }) => msg === 'ready')?.port;
          if (port === undefined) throw new Error('it is not ready');
        }, 15_000);
        return port ?? 0;
      },
    };
  }

  killAll(): void {
    for (const each of this.#started.splice(0)) each.kill('SIGKILL');
  }
}

export const exitOf = async (child: ChildProcess): Promise<number | null> => {
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
};
