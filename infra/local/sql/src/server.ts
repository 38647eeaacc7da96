import { mkdirSync } from 'node:fs';
import { createServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { join } from 'node:path';
import { Database } from './engine/database.ts';
import { TsqlError } from './engine/error.ts';
import { Faults } from './faults.ts';
import { Connection } from './tds/connection.ts';
import type { Login } from './tds/login.ts';

export interface ServerOptions {
  readonly port: number;
  readonly directory: string;
  readonly databases: readonly string[];
  readonly password: string;
  readonly log: (event: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** Every database and every connection of one process. */
export class Server {
  readonly faults = new Faults();
  readonly log: ServerOptions['log'];
  readonly #password: string;
  readonly #databases = new Map<string, Database>();
  readonly #connections = new Set<Connection>();
  readonly #listener: TcpServer;
  #lastId = 50;

  private constructor(options: ServerOptions) {
    this.log = options.log;
    this.#password = options.password;
    mkdirSync(options.directory, { recursive: true });
    for (const name of options.databases) {
      if (!/^[a-z0-9_-]+$/i.test(name)) throw new Error(`"${name}" is no name for a database: letters, digits, - and _ only.`);
      this.#databases.set(name.toLowerCase(), new Database(name, join(options.directory, `${name.toLowerCase()}.sqlite`)));
    }
    this.#listener = createServer((socket) => {
      this.#lastId = (this.#lastId % 32_000) + 1;
      this.#connections.add(new Connection(socket, this, this.#lastId));
    });
  }

  static async start(options: ServerOptions): Promise<Server> {
    const server = new Server(options);
    await new Promise<void>((resolve, reject) => {
      server.#listener.once('error', reject);
      server.#listener.listen(options.port, '127.0.0.1', resolve);
    });
    return server;
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  database(name: string): Database | undefined {
    return this.#databases.get(name.toLowerCase());
  }

  /** Why a login is turned away; undefined when it is not. */
  async refuse({ user, password }: Login): Promise<TsqlError | undefined> {
    if (user.toLowerCase() !== 'sa' || password !== this.#password) return new TsqlError(18456, `Login failed for user '${user}'.`, { severity: 14 });
    return this.faults.login();
  }

  disconnected(connection: Connection): void {
    this.#connections.delete(connection);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#listener.close(() => resolve()));
    for (const connection of this.#connections) connection.close();
    await closed;
    for (const database of this.#databases.values()) await database.close();
  }
}
