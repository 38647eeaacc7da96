export interface CheckResult {
  readonly ok: boolean;
  /** What an operator reads; never a secret or an address with credentials. */
  readonly detail?: unknown;
}

export type Check = () => CheckResult | Promise<CheckResult>;

export type Probe = 'live' | 'started' | 'ready';

export interface HealthReport {
  readonly status: 'ok' | 'failing';
  readonly service: string;
  readonly checks: Readonly<Record<string, CheckResult>>;
}

const checkLimitMs = 1_000;

/**
 * What the platform asks a process.
 *
 * - `live`: restart me if this fails. Must not ask a dependency, or an outage of SQL would restart every service.
 * - `started`: fails until {@link markStarted}.
 * - `ready`: send me work. Fails before the start, while draining, and while a named check fails.
 */
export class Health {
  readonly service: string;
  readonly #checks: Record<Probe, Map<string, Check>> = { live: new Map(), started: new Map(), ready: new Map() };
  #isStarted = false;
  #isDraining = false;

  constructor(service: string) {
    this.service = service;
  }

  live(name: string, check: Check): void {
    this.#checks.live.set(name, check);
  }

  started(name: string, check: Check): void {
    this.#checks.started.set(name, check);
  }

  ready(name: string, check: Check): void {
    this.#checks.ready.set(name, check);
  }

  markStarted(): void {
    this.#isStarted = true;
  }

  /** From now on not ready, for good: the first thing a shutdown does. */
  drain(): void {
    this.#isDraining = true;
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  async report(probe: Probe): Promise<HealthReport> {
    const entries = await Promise.all([...this.#checks[probe]].map(async ([name, check]) => [name, await answerOf(check)] as const));
    const own: [string, CheckResult][] = [];
    if (probe !== 'live') own.push(['started', { ok: this.#isStarted }]);
    if (probe === 'ready') own.push(['draining', { ok: !this.#isDraining }]);
    const checks = Object.fromEntries([...own, ...entries]);
    const status = Object.values(checks).every(({ ok }) => ok) ? 'ok' : 'failing';
    return { status, service: this.service, checks };
  }
}

/** A check that throws or hangs is a failing check: the probe itself always answers. */
async function answerOf(check: Check): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<CheckResult>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, detail: `no answer within ${checkLimitMs} ms` }), checkLimitMs);
  });
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
