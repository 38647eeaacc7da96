import { noTenant, operations } from '@checkout/contracts';
import { uuidv7 } from '@checkout/kernel';
import { createLogger } from '@checkout/observability';
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
