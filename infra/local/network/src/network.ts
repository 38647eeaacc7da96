import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emulatorConfig } from '@checkout/contracts';
import { migrate } from '@checkout/sql';
import { busAccess, clientIdOf, type BusUser } from './access.ts';
import { areFree, fixedPorts, reservePorts, type Reservation } from './addresses.ts';
import { buildTill, writeSite } from './build-till.ts';
import { Child, PortTaken, type Log, type Program } from './child.ts';
import { root } from './paths.ts';
import { serviceNames, Site, type ServiceName } from './site.ts';

export const standInNames = ['bus', 'sql', 'identity', 'provider'] as const;
export type ProgramName = ServiceName | 'functions' | 'web' | (typeof standInNames)[number];

export interface NetworkOptions {
  readonly stateDirectory: string;
  /** `fixed` for people, `free` for tests that must not meet a running system. */
  readonly ports: 'fixed' | 'free';
  readonly log: Log;
  /** How long the simulated payment provider takes for each call. Default 20 ms. */
  readonly providerLatencyMs?: number;
  /** For every service. */
  readonly environment?: Readonly<Record<string, string>>;
  /** For one service, from what it would be told: where a test stands between it and what it depends on. */
  readonly environmentOf?: Partial<Record<ServiceName, (told: Readonly<Record<string, string>>) => Readonly<Record<string, string>>>>;
  /** Whether the operators' desk runs too, and takes what is on `operations` and in the dead-letter queues. Default true. */
  readonly hasDesk?: boolean;
  /** Whether the till for browsers is built and served too. Default false: only people and the till's own tests need it. */
  readonly hasTill?: boolean;
  /** Whether the till calls its services at their own addresses, as on Azure, and not at that of its site. Default false. */
  readonly isTillApart?: boolean;
  /** Whether the stand-ins can be told to fail, over `POST /faults`. They cannot unless asked for. */
  readonly hasFaults?: boolean;
  /** Topics swallow a message whose id they have seen within ten minutes. Default false, as in production: the inbox knows more. */
  readonly detectsDuplicates?: boolean;
  /** Services log in as on Azure: without passwords, by tokens of the identity stand-in that live this long. */
  readonly tokensLiveSeconds?: number;
  /** For profiling: options of Node itself, for every program. */
  readonly nodeOptions?: readonly string[];
}

const onFixedPorts: Reservation = { ports: fixedPorts, release: () => {} };
/** How often a system begins anew because a port was taken between its choice and its use. */
const mostTries = 5;

/**
 * The whole system on one machine: the stand-ins and every service, each a process of its own. `npm start`, the end-to-end tests, the
 * benchmark and the demo all start this, so there is one definition of what the system consists of.
 */
export class Network extends Site implements AsyncDisposable {
  readonly #options: NetworkOptions;
  readonly #reservation: Reservation;
  readonly #children = new Map<ProgramName, Child>();

  /** Starts everything. A system on `free` ports of which one is taken meanwhile begins again on others. */
  static async create(options: NetworkOptions, reserve: () => Promise<Reservation> = reservePorts): Promise<Network> {
    if (options.ports === 'fixed') return new Network(options, onFixedPorts).#startAll();
    for (let tries = 1; ; tries += 1) {
      const network = new Network(options, await reserve());
      try {
        return await network.#startAll();
      } catch (error) {
        if (!(error instanceof PortTaken) || tries === mostTries) throw error;
        options.log('network', `${error.message}: starting again on other ports`);
      }
    }
  }

  /** Every program as it would be started, with its environment; nothing is. */
  static programs(options: NetworkOptions): readonly Program[] {
    const network = new Network(options, onFixedPorts);
    return [...standInNames, ...serviceNames, 'functions' as const].map((name) => network.#program(name));
  }

  private constructor(options: NetworkOptions, reservation: Reservation) {
    super(options.stateDirectory, reservation.ports);
    this.#options = options;
    this.#reservation = reservation;
    writeFileSync(this.#state('service-bus.json'), JSON.stringify(emulatorConfig({ detectsDuplicates: options.detectsDuplicates ?? false })));
    writeFileSync(this.#state('service-bus-access.json'), JSON.stringify(busAccess(this.sqlPassword)), { mode: 0o600 });
  }

  child(name: ProgramName): Child {
    const child = this.#children.get(name);
    if (!child) throw new Error(`${name} is not part of the network`);
    return child;
  }

  /** Names and process ids, for those who measure or count them. */
  processes(): { readonly name: ProgramName; readonly pid: number }[] {
    return [...this.#children].filter(([, child]) => !child.hasExited).map(([name, child]) => ({ name, pid: child.pid }));
  }

  async kill(...names: readonly ProgramName[]): Promise<void> {
    await Promise.all(names.map((name) => this.child(name).kill()));
  }

  /** Stops programs where they stand, without ending them. A paused program has to be resumed before it can be stopped in good order. */
  pause(...names: readonly ProgramName[]): void {
    for (const name of names) this.child(name).pause();
  }

  resume(...names: readonly ProgramName[]): void {
    for (const name of names) this.child(name).resume();
  }

  /** Starts programs that have ended again and waits until they are ready. */
  async restart(...names: readonly ProgramName[]): Promise<void> {
    for (const name of names) await this.child(name).stop();
    const standIns = names.filter((name) => !serviceNames.includes(name as ServiceName));
    await this.#run(standIns);
    await this.#run(names.filter((name) => !standIns.includes(name)));
  }

  /** Brings a service's database to the schema of this tree, or of another release's. */
  migrate(service: ServiceName, directory = root): Promise<void> {
    return migrate(this.sqlConnection(service), [join(directory, 'libs/messaging/migrations'), join(directory, `services/${service}/src/store/migrations`)]);
  }

  /** Services first, so that nothing is received or decided while the ground goes away under it. */
  async stop(): Promise<void> {
    await Promise.all([...serviceNames, 'functions' as const, 'web' as const].map((name) => this.#children.get(name)?.stop()));
    await Promise.all(standInNames.map((name) => this.#children.get(name)?.stop()));
    this.#reservation.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #startAll(): Promise<this> {
    try {
      await this.#run(standInNames);
      await Promise.all(serviceNames.map((name) => this.migrate(name)));
      await migrate(this.sqlConnection('operations'), [join(root, 'services/functions/src/store/migrations')]);
      await this.#run(this.#options.hasDesk === false ? serviceNames : [...serviceNames, 'functions']);
      if (this.#options.hasTill) {
        await buildTill();
        if (this.#options.isTillApart) await writeSite(this.#state('site'), { cart: this.url('cart'), receipt: this.url('receipt'), token: `${this.url('identity')}/token`, scope: 'api://scanlon-checkout/.default' });
        await this.#run(['web']);
      }
      return this;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async #run(names: readonly ProgramName[]): Promise<void> {
    await Promise.all(names.map((name) => this.#requireFree(name)));
    // All at once, so that `stop` finds every one when another of them fails.
    await Promise.all(names.map((name) => {
      const child = new Child(this.#program(name), this.#options.log, this.#options.nodeOptions);
      this.#children.set(name, child);
      return child.ready();
    }));
  }

  /** Asked before the program is started: a stranger on its port could answer that it is ready. @throws PortTaken */
  async #requireFree(name: ProgramName): Promise<void> {
    const ports = name === 'sql' ? [this.ports.sql, this.ports.sqlAdmin] : [this.ports[name]];
    if (!await areFree(ports)) throw new PortTaken(`${name} cannot listen on ${ports.join(' and ')}: something else does. End it, another system that runs here perhaps.`);
  }

  #state(path: string): string {
    return join(this.stateDirectory, path);
  }

  #program(name: ProgramName): Program {
    const standIn = this.#standIns()[name as (typeof standInNames)[number]];
    if (standIn) return { name, ...standIn, environment: { ...standIn.environment, ...(this.#options.hasFaults && { FAULTS: 'on' }) } };
    if (name === 'functions') return this.#functions();
    if (name === 'web') return this.#web();
    return this.#service(name as ServiceName);
  }

  #service(name: ServiceName): Program {
    const told = {
      ...this.#common(name),
      SQL_CONNECTION: this.sqlConnection(name),
      ...this.#identity(name),
      PROVIDER_URL: this.url('provider'),
      PROVIDER_WEBHOOK_SECRETS: this.webhookSecret,
      PROVIDER_MODE: 'test',
      OFFLINE_LIMITS_KEY: this.limitsKey,
      ORCHESTRATOR_URL: this.url('orchestrator'),
      CATALOGUE_SNAPSHOT_DIR: this.#state('catalogue'),
      RECEIPT_URL: this.url('receipt'),
      ...(this.#options.isTillApart && { TILL_ORIGINS: this.url('web') }),
      ...this.#options.environment,
    };
    return {
      name,
      file: `services/${name}/src/main.ts`,
      healthUrl: `${this.url(name)}/health/started`,
      environment: { ...told, ...this.#options.environmentOf?.[name]?.(told) },
    };
  }

  /** What every program of ours is told. */
  #common(name: BusUser): Record<string, string> {
    return {
      PORT: String(this.ports[name]),
      SERVICE_BUS_CONNECTION: this.serviceBusConnectionOf(name),
      AUTH_ISSUER: this.url('identity'),
      AUTH_AUDIENCE: 'api://scanlon-checkout',
      AUTH_JWKS_URL: `${this.url('identity')}/jwks`,
    };
  }

  #tokens(): Record<string, string> {
    const { tokensLiveSeconds } = this.#options;
    // The bus's SDK renews a token two minutes before it says that it ends: here three seconds before it does.
    return tokensLiveSeconds === undefined ? {} : { MSI_HEADER: this.sqlPassword, MSI_LIFETIME_S: String(tokensLiveSeconds), MSI_SAID_LATER_S: '117' };
  }

  /** What a host on Azure tells a program, and what stands in connection strings then. */
  #identity(name: ServiceName): Record<string, string> {
    if (this.#options.tokensLiveSeconds === undefined) return {};
    return {
      SERVICE_BUS_CONNECTION: `localhost:${this.ports.bus}`,
      SQL_CONNECTION: `Server=localhost,${this.ports.sql};Database=${name};Authentication=Active Directory Default;Encrypt=true;TrustServerCertificate=true`,
      NODE_EXTRA_CA_CERTS: this.#state('service-bus/certificate.pem'),
      IDENTITY_ENDPOINT: `${this.url('identity')}/msi/token`,
      IDENTITY_HEADER: this.sqlPassword,
      AZURE_CLIENT_ID: clientIdOf(name),
    };
  }

  /** The functions app, on the host that stands in for Azure's. */
  #functions(): Program {
    return {
      name: 'functions',
      file: 'infra/local/functions/src/main.ts',
      healthUrl: `${this.url('functions')}/health`,
      environment: {
        ...this.#common('functions'),
        APP_DIR: join(root, 'services/functions'),
        ENTRY: 'src/functions.ts',
        SQL_CONNECTION: this.sqlConnection('operations'),
        ...Object.fromEntries(serviceNames.map((service) => [`${service.toUpperCase()}_URL`, this.url(service)])),
        ...this.#options.environment,
      },
    };
  }

  /** The till, on the site that stands in for Azure Static Web Apps: one origin for what the browser loads and what it calls. */
  #web(): Program {
    const { isTillApart } = this.#options;
    const backends = isTillApart ? {} : Object.fromEntries((['cart', 'receipt', 'identity'] as const).map((name) => [name, this.url(name)]));
    return {
      name: 'web',
      file: 'infra/local/static-web/src/main.ts',
      healthUrl: `${this.url('web')}/health`,
      environment: { PORT: String(this.ports.web), SITE_DIR: isTillApart ? this.#state('site') : join(root, 'services/web/dist'), BACKENDS: JSON.stringify(backends) },
    };
  }

  #standIns(): Record<(typeof standInNames)[number], Omit<Program, 'name'>> {
    const { ports } = this;
    const health = (port: number) => `http://127.0.0.1:${port}/health`;
    return {
      bus: {
        file: 'infra/local/service-bus/src/main.ts',
        healthUrl: health(ports.bus),
        environment: { PORT: String(ports.bus), STATE_DIR: this.#state('service-bus'), TOPOLOGY: this.#state('service-bus.json'), ACCESS: this.#state('service-bus-access.json') },
      },
      sql: {
        file: 'infra/local/sql/src/main.ts',
        healthUrl: health(ports.sqlAdmin),
        environment: {
          PORT: String(ports.sql), ADMIN_PORT: String(ports.sqlAdmin), STATE_DIR: this.#state('sql'), SA_PASSWORD: this.sqlPassword, ENTRA_JWKS_URL: `${this.url('identity')}/jwks`, DATABASES: [...serviceNames, 'operations'].join(','),
        },
      },
      identity: {
        file: 'infra/local/identity/src/main.ts',
        healthUrl: health(ports.identity),
        environment: { PORT: String(ports.identity), STATE_DIR: this.#state('identity'), ISSUER: this.url('identity'), CLIENTS: this.clientsFile, ...(this.#options.isTillApart && { ORIGINS: this.url('web') }), ...this.#tokens() },
      },
      provider: {
        file: 'infra/local/provider/src/main.ts',
        healthUrl: health(ports.provider),
        environment: {
          PORT: String(ports.provider), STATE_DIR: this.#state('provider'), LATENCY_MS: String(this.#options.providerLatencyMs ?? 20),
          // Only what could not be answered on the connection: a sale without trouble costs no webhook.
          WEBHOOK_URL: `${this.url('payment')}/v1/provider-webhooks`, WEBHOOK_SECRETS: this.webhookSecret, WEBHOOK_EVENTS: 'undelivered',
        },
      },
    };
  }
}
