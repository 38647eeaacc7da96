import { unreachable } from '@checkout/kernel';
import { setTimeout as sleep } from 'node:timers/promises';
import { providerStrikes, type Fault } from './plan/plan.ts';
import type { World } from './world/world.ts';

/** A fault that was executed, and when. `fired` says whether it hit anything. */
export interface Executed {
  readonly fault: Fault;
  readonly startedAt: number;
  endedAt?: number;
  fired: boolean;
}

/** Does the plan's faults when their turn has come, each beside the others, and undoes what lasts. */
export class Nemesis {
  readonly executed: Executed[] = [];
  readonly #world: World;
  readonly #waiting: Fault[];
  readonly #running = new Set<Promise<void>>();
  readonly #errors: unknown[] = [];

  constructor(world: World, faults: readonly Fault[]) {
    this.#world = world;
    this.#waiting = faults.toSorted((a, b) => a.after - b.after);
  }

  /** So many sales have begun: whatever was to come after them begins now. */
  begun(sales: number): void {
    while (this.#waiting[0] && this.#waiting[0].after <= sales) {
      const fault = this.#waiting.shift();
      if (fault) this.#start(fault);
    }
  }

  /** Waits for what lasts, ends the rest, and notes what hit nothing. @throws when a fault could not be done. */
  async finish(): Promise<void> {
    await Promise.all(this.#running);
    await this.#world.settled();
    const sql = await this.#world.faults.sqlHits();
    const unstruck = await this.#world.faults.busUnstruck();
    for (const each of this.executed) {
      if (each.fault.kind === 'sql-strike') each.fired = (sql.get(each.fault.id) ?? 0) > 0;
      if (each.fault.kind === 'bus-strike') each.fired = !unstruck.has(each.fault.strike);
    }
    await this.#world.faults.clear();
    if (this.#errors.length > 0) throw new AggregateError(this.#errors, `faults could not be done: ${String(this.#errors[0])}`);
  }

  #start(fault: Fault): void {
    const executed: Executed = { fault, startedAt: Date.now(), fired: true };
    this.executed.push(executed);
    const running = this.#do(fault, executed)
      .catch((error: unknown) => {
        this.#errors.push(error);
      })
      .finally(() => {
        executed.endedAt = Date.now();
        this.#running.delete(running);
      });
    this.#running.add(running);
  }

  async #do(fault: Fault, executed: Executed): Promise<void> {
    const { faults } = this.#world;
    switch (fault.kind) {
      case 'sql-strike':
        return faults.strikeSql(fault.id, fault.database, fault.strike, fault.nth, fault.times);
      case 'sql-outage': {
        const rules = await faults.breakSql(fault.id, fault.database, fault.outage);
        await sleep(fault.forMs);
        const hits = await faults.sqlHits();
        executed.fired = rules.some((rule) => (hits.get(rule) ?? 0) > 0);
        return faults.healSql(rules);
      }
      case 'bus-strike':
        return faults.strikeBus(fault.strike, fault.entity, fault.times);
      case 'provider-strike':
        return faults.strikeProvider(fault.on, providerStrikes[fault.strike], fault.times);
      case 'bus-black-hole':
        await faults.blackHoleBus(fault.forMs);
        await sleep(fault.forMs);
        return;
      case 'kill':
        return this.#world.killFor(fault.programs, fault.forMs);
      case 'pause':
        return this.#world.pauseFor(fault.program, fault.forMs);
      case 'slow':
        return this.#world.slowFor(fault.program, fault.forMs);
      case 'deploy':
        return this.#world.deploy(fault.service);
      default:
        return unreachable(fault);
    }
  }
}
