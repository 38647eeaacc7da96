import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import { emulatorConfig } from '@checkout/contracts';
import { aCheckout } from '@checkout/contracts/testing';
import { partitionOf } from '@checkout/kernel';
import { startServiceBus, type EmulatorConfig, type ServiceBus } from '@checkout/local-service-bus';
import { DependencyUnavailable } from '@checkout/resilience';
import { toOutbound, type Outbound } from './codec.ts';
import { ExpressSender, SendUnknown } from './express-sender.ts';
import { eventually } from './testing/shop.ts';

let directory: string;
let bus: ServiceBus;
let sender: ExpressSender;
let ids = 0;
let inDoubt: string[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'checkout-express-'));
  bus = await startServiceBus({ directory, topology: JSON.parse(JSON.stringify(emulatorConfig())) as EmulatorConfig });
  inDoubt = [];
  sender = new ExpressSender({ connectionString: bus.connectionString, topic: 'checkout-requests', onSendUnknown: ({ topic }) => void inDoubt.push(topic), policy: { probe: { goodInARow: 1, gapMs: 50, deadlineMs: 3_000, delaysMs: () => [100] } } });
  await sender.warm();
}, 20_000);
afterEach(async () => {
  await sender.close();
  await bus.close();
  await rm(directory, { recursive: true, force: true });
}, 20_000);

const request = aCheckout();
const { tenantId, storeId } = request.body;
const message = (): Outbound => toOutbound(request, { id: `r-${(ids += 1)}`, source: '/spec', time: '2026-01-05T12:00:00.000Z', tenantId });

/** The ids of what the bus has. */
async function stored(): Promise<string[]> {
  const client = new ServiceBusClient(bus.connectionString);
  try {
    const receiver = await client.acceptSession('checkout-requests', 'orchestrator', partitionOf(tenantId, storeId));
    return (await receiver.peekMessages(50)).map(({ messageId }) => String(messageId));
  } finally {
    await client.close();
  }
}

const outcomeOf = (sent: Promise<void>): Promise<unknown> => sent.then(() => 'stored', (error: unknown) => error);

describe('a message that somebody waits for', () => {
  it('is on the bus when the sender says so', async () => {
    const sent = message();
    await sender.send(sent);
    expect(await stored()).toEqual([sent.envelope.id]);
  });

  it.each([['never arrived', 'lose-send', 0], ['arrived, and nobody said so', 'lose-send-reply', 1]] as const)('is in doubt when it %s', async (_, fault, found) => {
    bus.applyFaults({ inject: [{ fault }] });
    const startedAt = performance.now();
    expect(await outcomeOf(sender.send(message()))).toBeInstanceOf(SendUnknown);
    expect(inDoubt).toEqual(['checkout-requests']);
    expect(performance.now() - startedAt).toBeLessThan(2_500);
    expect(await stored()).toHaveLength(found);
  });

  it.each(['server-busy', 'quota-full'] as const)('OP15 is known not to be there when the bus says %s', async (fault) => {
    bus.applyFaults({ inject: [{ fault }] });
    expect(await outcomeOf(sender.send(message()))).toBeInstanceOf(DependencyUnavailable);
    expect(inDoubt).toEqual([]);
    expect(await stored()).toEqual([]);
  });

  it('is known not to be there when the bus cannot be reached, and goes out again when it can', async () => {
    await bus.close();
    expect(await outcomeOf(sender.send(message()))).toBeInstanceOf(Error);
    expect(await outcomeOf(sender.send(message()))).toBeInstanceOf(DependencyUnavailable);
    bus = await startServiceBus({ directory, port: bus.port, topology: JSON.parse(JSON.stringify(emulatorConfig())) as EmulatorConfig });
    await eventually(() => sender.send(message()), 15_000);
    expect(await stored()).toHaveLength(1);
  }, 30_000);

  it('is given up at once while the bus is known to be away', async () => {
    bus.applyFaults({ inject: [{ fault: 'black-hole', forMs: 60_000 }] });
    for (let tries = 0; tries < 5; tries += 1) await outcomeOf(sender.send(message()));
    expect(sender.state).toBe('open');
    const startedAt = performance.now();
    expect(await outcomeOf(sender.send(message()))).toBeInstanceOf(DependencyUnavailable);
    expect(performance.now() - startedAt).toBeLessThan(100);
  }, 30_000);
});
