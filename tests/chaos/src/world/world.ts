import { Network, serviceNames, standInNames, TemporaryDirectory, type Child, type ProgramName } from '@checkout/local-network';
import { EventLog } from './event-log.ts';
import { FaultDesk } from './fault-desk.ts';
import { LogBook } from './log-book.ts';
import { openShops, writeClients } from './shops.ts';
import { Tables } from './tables.ts';

export interface WorldOptions {
  /** For every service: which defect is built in. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly nodeOptions?: readonly string[];
  readonly providerLatencyMs?: number;
  /** The dead-letter desk runs too, and hears what is told on `operations` instead of the harness. Otherwise the harness is the operator. */
  readonly hasDesk?: boolean;
  /** Topics swallow a message whose id they have seen lately. */
  readonly detectsDuplicates?: boolean;
}

/** How a slow program divides its time. */
const stillMs = 2_200;
const awakeMs = 300;

/** A program that ended, or did not come up, without anybody having meant it to. */
export interface UnmeantExit {
  readonly at: number;
  readonly program: ProgramName;
  readonly how: string;
}

/** The whole system as processes of their own, with shops open, faults on request, and everything that can be seen from outside. */
export class World implements AsyncDisposable {
  readonly network: Network;
  readonly faults: FaultDesk;
  readonly tables: Tables;
  readonly log: LogBook;
  readonly events: EventLog;
  readonly #directory: TemporaryDirectory;
  readonly unmeantExits: UnmeantExit[] = [];
  readonly #meant = new WeakSet<Child>();
  /** One change at a time for each program: a deployment does not meet a kill of the same process. */
  readonly #turns = new Map<ProgramName, Promise<unknown>>();

  static async open({ environment = {}, nodeOptions = [], providerLatencyMs = 10, hasDesk = false, detectsDuplicates = false }: WorldOptions = {}): Promise<World> {
    const directory = new TemporaryDirectory('checkout-chaos-');
    const stateDirectory = directory.path;
    const log = new LogBook();
    try {
      writeClients(stateDirectory);
      const network = await Network.create({
        stateDirectory, ports: 'free', log: log.log, providerLatencyMs, hasFaults: true, hasDesk, detectsDuplicates, nodeOptions,
        environment: { LOG_LEVEL: 'warn', RATE_LIMIT_PER_SECOND: '1000', ...environment },
      });
      const world = new World(network, directory, log, !hasDesk);
      await openShops(network);
      return world;
    } catch (error) {
      throw new Error(`The system did not start. Its last lines:\n${log.last()}`, { cause: error });
    }
  }

  private constructor(network: Network, directory: TemporaryDirectory, log: LogBook, isOperator: boolean) {
    this.network = network;
    this.#directory = directory;
    this.log = log;
    this.faults = new FaultDesk(network);
    this.tables = new Tables(network);
    this.events = new EventLog(network.serviceBusConnection, isOperator);
    for (const { name } of network.processes()) this.#watch(name);
  }

  get stateDirectory(): string {
    return this.#directory.path;
  }

  /** `kill -9` now, back after a while. */
  killFor(programs: readonly ProgramName[], forMs: number): Promise<void> {
    return this.whileDown(programs, () => pause(forMs));
  }

  pauseFor(program: ProgramName, forMs: number): Promise<void> {
    return this.#inTurn([program], async () => {
      this.network.pause(program);
      await pause(forMs);
      this.network.resume(program);
    });
  }

  /** Lets the program run for a moment every two seconds and a half. */
  slowFor(program: ProgramName, forMs: number): Promise<void> {
    return this.#inTurn([program], async () => {
      for (const endsAt = Date.now() + forMs; Date.now() < endsAt; ) {
        this.network.pause(program);
        await pause(Math.min(stillMs, Math.max(0, endsAt - Date.now())));
        this.network.resume(program);
        await pause(awakeMs);
      }
    });
  }

  /** SIGTERM, and the same program again: what a deployment does to one instance. */
  deploy(program: ProgramName): Promise<void> {
    return this.#inTurn([program], async () => {
      this.#meant.add(this.network.child(program));
      await this.network.child(program).stop();
      await this.#start([program]);
    });
  }

  /** Does something while these are down, as after a `kill -9`. */
  whileDown(programs: readonly ProgramName[], work: () => Promise<void>): Promise<void> {
    return this.#inTurn(programs, async () => {
      for (const name of programs) this.#meant.add(this.network.child(name));
      await this.network.kill(...programs);
      await work();
      await this.#start(programs);
    });
  }

  /** Ends every program in good order, and starts them all again: what months of deployments come to. */
  async restartAll(meanwhile: () => void): Promise<void> {
    const names = this.network.processes().map(({ name }) => name);
    for (const name of names) this.#meant.add(this.network.child(name));
    await this.network.stop();
    meanwhile();
    const isStandIn = (name: ProgramName): boolean => standInNames.some((each) => each === name);
    await this.#start(names.filter(isStandIn));
    await this.#start(names.filter((name) => !isStandIn(name)));
  }

  /** Resolves when no program is being stopped or started. */
  async settled(): Promise<void> {
    await Promise.all(this.#turns.values());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { name } of this.network.processes()) this.#meant.add(this.network.child(name));
    await this.events.close();
    await this.tables[Symbol.asyncDispose]();
    await this.network.stop();
    this.#directory[Symbol.dispose]();
  }

  /** A service that does not come up while something else is down is noted, and started again. */
  async #start(programs: readonly ProgramName[]): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.network.restart(...programs);
        for (const name of programs) this.#watch(name);
        return;
      } catch (error) {
        this.unmeantExits.push({ at: Date.now(), program: programs[0] ?? 'cart', how: `did not start: ${String(error)}` });
        if (attempt >= 3) throw error;
      }
    }
  }

  #watch(name: ProgramName): void {
    const child = this.network.child(name);
    void child.exited().then(({ code, signal }) => {
      if (this.#meant.has(child)) return;
      this.unmeantExits.push({ at: Date.now(), program: name, how: `ended by itself (${signal ?? `exit code ${code}`})` });
    });
  }

  async #inTurn(programs: readonly ProgramName[], work: () => Promise<void>): Promise<void> {
    const before = Promise.all(programs.map((name) => this.#turns.get(name)));
    const turn = before.then(work);
    const quiet = turn.catch(() => {});
    for (const name of programs) this.#turns.set(name, quiet);
    await turn;
  }
}

/** What each service says of its breakers, asked one by one; `undefined` when it does not answer. */
export async function breakersOf(network: Network): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(serviceNames.map(async (service) => {
    const answer = await fetch(`${network.url(service)}/health/ready`, { signal: AbortSignal.timeout(3_000) }).catch(() => undefined);
    if (!answer) return [[service, 'no answer']] as const;
    const { checks = {} } = (await answer.json()) as { checks?: Readonly<Record<string, { detail?: unknown }>> };
    return stateEntries(service, checks);
  }));
  return new Map(found.flat());
}

const states = new Set(['closed', 'open', 'half-open', 'halfOpen', 'probing', 'ramping']);

/** Every value of the readiness report that is a breaker's state, with the path to it as its name. */
function stateEntries(name: string, value: unknown): [string, string][] {
  if (typeof value === 'string') return states.has(value) ? [[name, value]] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => stateEntries(key === 'detail' ? name : `${name}/${key}`, member));
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
