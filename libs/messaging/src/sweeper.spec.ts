import { ServiceBusError } from '@azure/service-bus';
import { noTenant, operations } from '@checkout/contracts';
import { uuidv7 } from '@checkout/kernel';
import { createLogger } from '@checkout/observability';
import type { Sql } from '@checkout/sql';
import { setTimeout as sleep } from 'node:timers/promises';
import { toOutbound } from './codec.ts';
import { Sweeper, type SweeperOptions } from './sweeper.ts';

/** An outbox in which a bus that was away has left chunks, one decided every `everyMs`, and when their messages went out at last. */
function given({ chunks, everyMs, speed }: { readonly chunks: number; readonly everyMs: number; readonly speed: number }) {
  const firstAt = Date.now() - 600_000;
  const message = toOutbound(operations.ReceivingPaused({ service: 'shelf', at: new Date(firstAt).toISOString(), topic: 'shelf-commands', subscription: 'shelf' }), { id: 'told', source: '/spec', time: new Date(firstAt).toISOString(), tenantId: noTenant });
  const { topic, envelope, bodyJson } = message;
  const rows = Array.from({ length: chunks }, (_, index) => ({ chunkId: uuidv7(firstAt + index * everyMs), messages: JSON.stringify([{ topic, partition: null, envelope, body: JSON.parse(bodyJson) as unknown }]) }));
  const arrived = new Set<string>();
  const sentAt: number[] = [];
  const options = {
    database: { query: () => Promise.resolve(rows.filter(({ chunkId }) => !arrived.has(chunkId))) },
    bus: { send: () => Promise.resolve(void sentAt.push(performance.now())) },
    pipeline: { outgoing: { hasArrived: (id: string) => arrived.has(id), isOnItsWay: () => false, arrived: (id: string) => void arrived.add(id), remove: () => Promise.resolve() } },
    logger: createLogger({ service: 'tests', level: 'silent' }),
    replaySpeed: { value: speed, observe: () => {} },
  } as unknown as SweeperOptions;
  return { sweeper: new Sweeper(options), sentAt, isEmpty: () => arrived.size === chunks };
}

async function sweptTime(outbox: ReturnType<typeof given>): Promise<number> {
  outbox.sweeper.start();
  while (!outbox.isEmpty()) await sleep(5);
  await outbox.sweeper.stop();
  return (outbox.sentAt.at(-1) ?? 0) - (outbox.sentAt[0] ?? 0);
}

test('what an outage of the bus has kept goes out as it came, only faster', async () => {
  // 40 chunks of 4 seconds in 4 sends, five times as fast: three rests of 200 ms.
  expect(await sweptTime(given({ chunks: 40, everyMs: 100, speed: 5 }))).toBeGreaterThanOrEqual(580);
});

test('a night without a sale is not replayed', async () => {
  const tookMs = await sweptTime(given({ chunks: 20, everyMs: 3_600_000, speed: 1_000 }));
  expect(tookMs).toBeLessThan(5_000);
});

describe.each([['full (B17)', 'QuotaExceeded'], ['switched off (B26)', 'MessagingEntityDisabled'], ['gone (B26)', 'MessagingEntityNotFound']] as const)('a topic that is %s', (_, code) => {
  // As the SDK tells it: not to be tried again.
  const refusal = Object.assign(new ServiceBusError('The topic takes nothing.', code), { retryable: false });

  /** More chunks than one sweep sends: of three, the first is for a topic that takes nothing while `isShut`, the second for both, and the third for the other. */
  function outbox(isShut: () => boolean, more: Pick<SweeperOptions, 'shutMs'> = {}) {
    const knocks: string[] = [];
    const sends: string[] = [];
    let sweeps = 0;
    const arrived = new Set<string>();
    const wanted = [['sale-events'], ['sale-events', 'checkout-replies'], ['checkout-replies']] as const;
    const rows = Array.from({ length: 90 }, (_, index) => ({
      chunkId: uuidv7(Date.now() - 600_000 + index),
      messages: JSON.stringify((wanted[index % 3] ?? []).map((topic) => ({ topic, partition: null, envelope: { id: `m-${index}`, source: '/spec', type: 'told', time: '', tenantId: 'acme' }, body: {} }))),
    }));
    const sweeper = new Sweeper({
      database: { query: (_row: unknown, { parameters }: Sql) => {
        sweeps += 1;
        return Promise.resolve(rows.filter(({ chunkId }) => !arrived.has(chunkId)).slice(0, Number(parameters[0]?.value)));
      } },
      bus: { send: (messages: readonly { topic: string; envelope: { id: string } }[]) => {
        const isRefused = isShut() && messages.some(({ topic }) => topic === 'sale-events');
        if (isRefused) knocks.push('sale-events');
        sends.push(...messages.filter(({ topic }) => !isShut() || topic !== 'sale-events').map(({ topic, envelope: { id } }) => `${id} ${topic}`));
        return isRefused ? Promise.reject(refusal) : Promise.resolve();
      } },
      pipeline: { outgoing: { hasArrived: (id: string) => arrived.has(id), isOnItsWay: () => false, arrived: (id: string) => void arrived.add(id), remove: () => Promise.resolve() } },
      logger: createLogger({ service: 'tests', level: 'silent' }),
      ...more,
    } as unknown as SweeperOptions);
    return { sweeper, knocks, sends, arrived, sweepsDone: async (count: number) => { while (sweeps <= count) await sleep(5); } };
  }

  test('is knocked at twice, however much waits for it, and neither holds up what is for others nor has it sent again and again', async () => {
    const { sweeper, knocks, sends, arrived, sweepsDone } = outbox(() => true);
    sweeper.start();
    await sweepsDone(2);
    await sweeper.stop();
    expect(arrived.size).toBe(30);
    // Once with its neighbours, once alone.
    expect(knocks).toHaveLength(2);
    expect(new Set(sends).size).toBe(60);
    expect(sends.length).toBeLessThanOrEqual(60 + 10);
  });

  test('is sent everything once there is room', async () => {
    let isShut = true;
    const { sweeper, sends, arrived, sweepsDone } = outbox(() => isShut, { shutMs: 1 });
    sweeper.start();
    await sweepsDone(1);
    isShut = false;
    while (arrived.size < 90) await sleep(5);
    await sweeper.stop();
    expect(new Set(sends.filter((sent) => sent.endsWith('sale-events'))).size).toBe(60);
  });
});
