import { mkdirSync } from 'node:fs';
import { createServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import { compileBatch } from './engine/compile.ts';
import { Database } from './engine/database.ts';
import { TsqlError } from './engine/error.ts';
import { exactly, issuedBy, type TokenCheck } from './entra.ts';
import { Faults, type Interrupted } from './faults.ts';
import { selfSigned, type Certificate } from './tds/certificate.ts';
import { Connection } from './tds/connection.ts';
import type { Login } from './tds/login.ts';
import { parseParameters } from './tsql/parse/parameters.ts';

export interface ServerOptions {
  readonly port: number;
  readonly directory: string;
  readonly databases: readonly string[];
  readonly password: string;
  /** The Entra token that logs in; without one Entra logins are turned away. */
  readonly token?: string | undefined;
  /** Or whose tokens log in: where the issuer's keys are. */
  readonly jwksUrl?: string | undefined;
  readonly log: (event: string, fields: Readonly<Record<string, unknown>>) => void;
  /** A client that has not logged in by then is taken for dead. */
  readonly loginTimeoutMs?: number | undefined;
}

/** Every database and every connection of one process. */
export class Server {
  readonly faults = new Faults();
  readonly log: ServerOptions['log'];
  readonly loginTimeoutMs: number;
  readonly #password: string;
  readonly #isToken: TokenCheck | undefined;
  readonly #databases = new Map<string, Database>();
  readonly #connections = new Set<Connection>();
  readonly #listener: TcpServer;
  #lastId = 50;
  #certificate: Certificate | undefined;
  #secureContext: SecureContext | undefined;

  private constructor(options: ServerOptions) {
    this.log = options.log;
    this.loginTimeoutMs = options.loginTimeoutMs ?? 15_000;
    this.#password = options.password;
    if (options.token !== undefined) this.#isToken = exactly(options.token);
    else if (options.jwksUrl !== undefined) this.#isToken = issuedBy(options.jwksUrl);
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

  /** Why a text would not compile; undefined when it would. Nothing of it is run. */
  compile(database: string, text: string, declaration: string): TsqlError | undefined {
    const found = this.database(database);
    if (!found) throw new Error(`There is no database "${database}".`);
    try {
      compileBatch(text, parseParameters(declaration)).checkWhole(found.catalog);
      return undefined;
    } catch (error) {
      if (error instanceof TsqlError) return error;
      throw error;
    }
  }

  /** Why a login is turned away; undefined when it is not. */
  async refuse({ user, password, federated, database }: Login): Promise<TsqlError | Interrupted | undefined> {
    if (federated) {
      if (!this.#isToken || federated.token === undefined || !(await this.#isToken(federated.token))) return new TsqlError(18456, "Login failed for user '<token-identified principal>'.", { severity: 14 });
    } else if (user.toLowerCase() !== 'sa' || password !== this.#password) return new TsqlError(18456, `Login failed for user '${user}'.`, { severity: 14 });
    return this.faults.login(database);
  }

  /** Made at the first handshake: most tests never need one. */
  get certificate(): Certificate {
    this.#certificate ??= selfSigned();
    return this.#certificate;
  }

  get secureContext(): SecureContext {
    // The drivers stop at TLS 1.2 inside TDS: 1.3 has a flight after the handshake that this way of travelling has no place for.
    this.#secureContext ??= createSecureContext({ ...this.certificate, maxVersion: 'TLSv1.2' });
    return this.#secureContext;
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
