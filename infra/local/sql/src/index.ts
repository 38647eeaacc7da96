import { connectionString } from './connection-string.ts';
import type { FaultRule } from './faults.ts';
import { Server } from './server.ts';

export type { FaultRule } from './faults.ts';

export interface SqlServer extends AsyncDisposable {
  readonly port: number;
  /** In the form `mssql` takes. */
  connectionString(database: string): string;
  /** The certificate of encrypted connections, PEM: what a strict client needs as its CA. */
  readonly certificate: string;
  /**
   * Why a text would not compile over the tables there are; undefined when it would. Nothing of it is run.
   * @param declaration its parameters as `sp_executesql` takes them: `@id int, @name nvarchar(40)`
   */
  compile(database: string, text: string, declaration?: string): { readonly number: number; readonly message: string; readonly line: number } | undefined;
  /** Replaces the fault rules; none of them is active until this is called. */
  faults(rules: readonly FaultRule[]): void;
  close(): Promise<void>;
}

export interface SqlServerOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly directory: string;
  /** Created when missing. */
  readonly databases: readonly string[];
  readonly password?: string;
  /** The Entra access token that logs in. */
  readonly token?: string;
}

const PASSWORD = 'Local-only-1';

/** Starts the Azure SQL stand-in in this process. */
export async function startSqlServer({ port = 0, directory, databases, password = PASSWORD, token }: SqlServerOptions): Promise<SqlServer> {
  const server = await Server.start({ port, directory, databases, password, token, log: () => {} });
  const close = once(() => server.close());
  return {
    port: server.port,
    connectionString: (database) => connectionString(server.port, database, password),
    get certificate() { return server.certificate.cert; },
    compile: (database, text, declaration = '') => server.compile(database, text, declaration),
    faults: (rules) => server.faults.replace(rules),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= run());
}
