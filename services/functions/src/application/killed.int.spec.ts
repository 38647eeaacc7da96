import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceBusReceiver } from '@azure/service-bus';
import type { Plan } from '../domain/plan.ts';
import { steps, type Step } from '../testing/steps.ts';
import { ann, bea, queue, replayOf, TestDesk } from '../testing/desk.ts';

const root = join(import.meta.dirname, '../../../..');
const seed = Number(process.env['SEED'] ?? Date.now() % 100_000);
const count = 1_000;

/** A desk that works plans off in a process of its own. */
function worker(desk: TestDesk, dieAfter?: Step, dieAtWave = 0): ChildProcess {
  return spawn(process.execPath, ['--conditions=@checkout/source', '--disable-warning=ExperimentalWarning', '--import', './tools/swc-hook.mjs', 'services/functions/src/testing/desk-process.ts'], {
    cwd: root,
    env: { PATH: process.env['PATH'], BUS: desk.busConnection, SQL: desk.databaseConnection, DIE_AT_WAVE: String(dieAtWave), ...(dieAfter !== undefined && { DIE_AFTER: dieAfter }) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

const exited = async (child: ChildProcess): Promise<string | null> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.signalCode;
};

/** Inventory, with the two walls that each service has: an inbox, and an effect whose key is for ever. */
class Inventory {
  readonly effects = new Map<string, number>();
  readonly #inbox = new Set<string>();
  #isClosing = false;
  readonly #running: Promise<void>;

  constructor(desk: TestDesk) {
    this.#running = this.#run(desk);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#running;
  }

  /** A session that a busy machine has lost is taken again: what it held is delivered once more, and the inbox knows it. */
  async #run(desk: TestDesk): Promise<void> {
    while (!this.#isClosing) {
      const receiver = await desk.client.acceptSession(queue.topic, queue.subscription, 'p1');
      try {
        while (!this.#isClosing) await this.#batch(desk, receiver);
      } catch (error) {
        if ((error as { readonly code?: unknown }).code !== 'SessionLockLost') throw error;
      } finally {
        await receiver.close();
      }
    }
  }

  async #batch(desk: TestDesk, receiver: ServiceBusReceiver): Promise<void> {
    const messages = await receiver.receiveMessages(32, { maxWaitTimeInMs: 200 });
    await Promise.all(messages.map(async (message) => {
      const { saleId } = message.body as { saleId: string };
      const messageId = String(message.messageId);
      if (!this.#inbox.has(messageId)) this.effects.set(saleId, (this.effects.get(saleId) ?? 0) + 1);
      this.#inbox.add(messageId);
      await receiver.completeMessage(message);
      await desk.parts.reports.replayHandled({ messageId, outcome: 'applied' });
    }));
  }
}

async function started(desk: TestDesk): Promise<Plan> {
  await desk.deadLetter(count);
  const plan = await desk.parts.make.make({ ...replayOf(await desk.signature()), isRamped: false }, ann);
  await desk.parts.direct.approve(plan.planId, bea);
  return desk.parts.direct.start(plan.planId, ann);
}

async function over(desk: TestDesk, { planId }: Plan): Promise<void> {
  for (const giveUpAt = Date.now() + 90_000; (await desk.parts.plans.find('all-tenants', planId))?.state === 'running';) {
    if (Date.now() > giveUpAt) throw new Error(`The plan does not end: ${JSON.stringify(await desk.parts.plans.counts(planId))}`);
    await sleep(100);
  }
}

async function expectOnce(desk: TestDesk, inventory: Inventory, { planId }: Plan): Promise<void> {
  expect(await desk.parts.plans.find('all-tenants', planId)).toMatchObject({ state: 'done' });
  expect(await desk.parts.plans.counts(planId)).toEqual({ applied: count });
  expect([inventory.effects.size, Math.max(...inventory.effects.values())]).toEqual([count, 1]);
  expect(await desk.parts.queues.peek(queue, 0n, 10)).toEqual([]);
}

describe(`a replay of ${count} whose process is killed`, () => {
  let desk: TestDesk;
  beforeEach(async () => { desk = await TestDesk.start(); });
  afterEach(() => desk[Symbol.asyncDispose]());

  it.each(steps)('K32 and K33 once it has %s, has each effect exactly once', async (step) => {
    const plan = await started(desk);
    const inventory = new Inventory(desk);
    try {
      expect(await exited(worker(desk, step, step === 'leased' ? 0 : 1))).toBe('SIGKILL');
      const another = worker(desk);
      try {
        await over(desk, plan);
      } finally {
        another.kill('SIGKILL');
        await exited(another);
      }
    } finally {
      await inventory.close();
    }

    await expectOnce(desk, inventory, plan);
  }, 120_000);

  it('again and again at moments that nobody chose, has each effect exactly once', async () => {
    process.stderr.write(`kill test: SEED=${seed}\n`);
    const plan = await started(desk);
    const inventory = new Inventory(desk);
    let state = seed;
    const random = (): number => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
    let kills = 0;
    try {
      for (; kills < 8; kills += 1) {
        const child = worker(desk);
        await sleep(800 + random() * 1_500);
        child.kill('SIGKILL');
        await exited(child);
      }
      const last = worker(desk);
      try {
        await over(desk, plan);
      } finally {
        last.kill('SIGKILL');
        await exited(last);
      }
    } finally {
      await inventory.close();
    }

    await expectOnce(desk, inventory, plan);
  }, 180_000);
});
