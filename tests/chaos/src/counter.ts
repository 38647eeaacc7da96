import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Nemesis } from './nemesis.ts';
import type { Plan } from './plan/plan.ts';
import type { SreBot } from './sre-bot.ts';
import { BusDoor } from './till/bus-door.ts';
import { FrontDoor } from './till/front-door.ts';
import type { Command } from './till/history.ts';
import { SimulatedTill } from './till/simulated-till.ts';
import { tills as places, type TillPlace } from './world/shops.ts';
import type { World } from './world/world.ts';

/** All tills of all shops, signed in while all is well: a till has its token before the morning on which things go wrong. */
export class Counter {
  readonly tills: readonly SimulatedTill[];
  readonly #busDoor: BusDoor;

  static async open({ network, stateDirectory }: World, seed: number): Promise<Counter> {
    const busDoor = new BusDoor(network.serviceBusConnection);
    const open = async (place: TillPlace) => new SimulatedTill({
      place, busDoor, seed, frontDoor: await FrontDoor.signIn(network, place.tillId), journalFile: join(stateDirectory, `journal-${place.tillId}.ndjson`),
    });
    return new Counter(await Promise.all(places.map(open)), busDoor);
  }

  private constructor(tills: readonly SimulatedTill[], busDoor: BusDoor) {
    this.tills = tills;
    this.#busDoor = busDoor;
  }

  get commands(): Command[] {
    return this.tills.flatMap(({ commands }) => commands);
  }

  /** Begins one sale after the other at the plan's pace; a slow answer holds up nobody else. Resolves when every customer has left. */
  async sell({ sales }: Plan, nemesis: Nemesis): Promise<void> {
    const open = new Set<Promise<void>>();
    let isOver = false;
    const forwarding = (async () => {
      while (!isOver) {
        await sleep(1_000);
        for (const till of this.tills) await till.forward();
      }
    })();
    for (const [begun, sale] of sales.entries()) {
      await sleep(sale.afterMs);
      nemesis.begun(begun);
      const till = this.tills.find(({ place }) => place.tillId === sale.tillId);
      if (!till) throw new Error(`The plan has a sale at ${sale.tillId}, and there is no such till.`);
      const selling = till.sell(sale).finally(() => open.delete(selling));
      open.add(selling);
    }
    nemesis.begun(Infinity);
    await Promise.all(open);
    isOver = true;
    await forwarding;
  }

  /** What is left to do at the tills and at the dead letters. @returns tills that still keep sales. */
  async tidy(bot: SreBot): Promise<number> {
    const isDone = await Promise.all(this.tills.map((till) => till.forward()));
    await bot.sweep();
    return isDone.filter((each) => !each).length;
  }

  async close(): Promise<void> {
    await this.#busDoor.close();
  }
}
