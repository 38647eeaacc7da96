import { serviceNames } from '@checkout/local-network';
import { failuresOf, liveThroughOutage, tellOutage } from './outage.ts';
import { Counter } from './counter.ts';
import { reEnact } from './incident/re-enact.ts';
import { scenes } from './incident/scenes.ts';
import { tellScene } from './incident/tell.ts';
import { makePlan, makeSales } from './plan/make-plan.ts';
import type { Fault, Plan } from './plan/plan.ts';
import { Random } from './random.ts';
import { textOf } from './report.ts';
import { run } from './run.ts';
import { SreBot } from './sre-bot.ts';
import { World } from './world/world.ts';

/** Short runs of what `npm run chaos` and `npm run incident` do at length. Limits are those of a loaded machine: a lock on the bus that nobody gives back lasts a minute. */
const stuckAfterMs = 120_000;

/** What may stop: each service's way to its database, and everybody's to the bus. */
const links = [...serviceNames, 'bus'] as const;
const shuffled = <T>(random: Random, list: readonly T[]): T[] => list.map((each) => ({ each, key: random.next() })).toSorted((a, b) => a.key - b.key).map(({ each }) => each);

describe('the whole system', () => {
  it('loses, doubles and forgets nothing while a commit, a message, a process and a database fail under it', async () => {
    const seed = 17;
    const plan: Plan = {
      ...makePlan({ seed, minutes: 0.25 }),
      sales: makeSales(seed, 90, 8),
      faults: [
        { id: 'commit', after: 8, kind: 'sql-strike', database: 'orchestrator', strike: 'commit-reply-lost', nth: 1, times: 1 },
        { id: 'twice', after: 16, kind: 'bus-strike', strike: 'deliver-twice', times: 4 },
        { id: 'kill', after: 24, kind: 'kill', programs: ['payment'], forMs: 300 },
        { id: 'out', after: 50, kind: 'sql-outage', database: 'inventory', outage: 'failover', forMs: 2_000 },
        { id: 'deploy', after: 70, kind: 'deploy', service: 'receipt' },
      ],
    };
    const result = await run(plan, { stuckAfterMs });
    if (result.verdict.violations.length > 0 || !result.rest.isQuiet) throw new Error(textOf(result));
    expect(result.executed.filter(({ fired }) => fired)).toHaveLength(plan.faults.length);
    expect(result.snapshot.receipt.receipts.length).toBeGreaterThan(50);
    expect(result.verdict.passed).toContain('I9');
  }, 400_000);

  it('R07 loses, doubles and forgets nothing while links stop one after another and come back in another order', async () => {
    const seed = Number(process.env['SWIZZLE_SEED'] ?? 7);
    const random = new Random(seed, 'swizzle');
    const stopping = shuffled(random, links).slice(0, 4);
    const returning = shuffled(random, stopping);
    const faults = stopping.map((link, place): Fault => {
      const forMs = 1_500 + 1_000 * (returning.indexOf(link) + stopping.length - place);
      const at = { id: `swizzle-${link}`, after: 10 + 8 * place, forMs };
      return link === 'bus' ? { ...at, kind: 'bus-black-hole' } : { ...at, kind: 'sql-outage', database: link, outage: 'black-hole' };
    });
    const result = await run({ version: 1, seed, sales: makeSales(seed, 80, 8), faults }, { stuckAfterMs });
    if (result.verdict.violations.length > 0 || !result.rest.isQuiet) throw new Error(`seed ${seed}\n${textOf(result)}`);
    expect(result.executed.map(({ fired }) => fired)).toEqual(faults.map(() => true));
    expect(result.snapshot.receipt.receipts.length).toBeGreaterThan(40);
  }, 400_000);

  it("Q31 goes on selling while payment's database is out, and finds out by itself what is wrong", async () => {
    const [scene] = scenes;
    if (!scene) throw new Error('there is a first scene');
    await using world = await World.open();
    const counter = await Counter.open(world, 4);
    const retold = await reEnact(world, counter, new SreBot(world.network.serviceBusConnection), scene, { salesPerSecond: 6, healthyMs: 2_000, outageMs: 4_000, afterMs: 1_000 }, 4, stuckAfterMs);
    await counter.close();
    if (retold.failures.length > 0) throw new Error(tellScene(retold));
    expect(retold.account).toMatchObject({ lost: 0, chargedTwice: 0, receiptGaps: 0, refused: 0 });
  }, 400_000);

  it('Q31 spends no delivery and no sale on twenty seconds without a database', async () => {
    const result = await liveThroughOutage({ seed: 3, database: 'payment', outageMs: 20_000, warmUpMs: 0, healthyMs: 3_000, recoveryMs: 4_000, salesPerSecond: 4, outage: 'failover', stuckAfterMs });
    if (failuresOf(result).length > 0) throw new Error(`${failuresOf(result).join('\n')}\n${tellOutage(result)}`);
    expect(result).toMatchObject({ lost: 0, doubled: 0, deadLetters: 0 });
    expect(result.backlog).toBeGreaterThan(20);
  }, 400_000);
});
