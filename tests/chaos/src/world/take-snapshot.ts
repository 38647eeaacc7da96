import { Caller, serviceNames } from '@checkout/local-network';
import { saleIdOf, type CommandId, type TenantId } from '@checkout/kernel';
import type { ForeignRead, Isolation, ProviderEntry, Snapshot } from '../check/snapshot.ts';
import { busCounts, type Rest } from '../quiet.ts';
import type { SreBot } from '../sre-bot.ts';
import { isAccepted, type Command } from '../till/history.ts';
import type { SeenBreaker } from './event-log.ts';
import { stores, tenantIds, tills } from './shops.ts';
import { breakersOf, type World } from './world.ts';

export interface Seen {
  readonly commands: readonly Command[];
  /** Whoever handled the dead letters. */
  readonly bot: Pick<SreBot, 'deadLetters'>;
  readonly rest: Rest;
  readonly quietLimitMs: number;
  readonly breakerEvents: readonly SeenBreaker[];
  readonly isolation?: Isolation;
}

/** Reads everything, once nothing moves any more. */
export async function takeSnapshot(world: World, { commands, bot, rest, quietLimitMs, breakerEvents, isolation }: Seen): Promise<Snapshot> {
  const { tables, network, events, log } = world;
  const perService = async (count: (service: (typeof serviceNames)[number]) => Promise<number>) =>
    Object.fromEntries(await Promise.all(serviceNames.map(async (service) => [service, await count(service)] as const)));
  return {
    commands,
    stores,
    cart: { checkouts: await tables.all('cart', 'checkout') },
    orchestrator: { sagas: await tables.all('orchestrator', 'checkout_saga'), timeline: await tables.all('orchestrator', 'timeline'), refunds: await tables.all('orchestrator', 'refund_saga') },
    inventory: { levels: await tables.all('inventory', 'stock_level'), reservations: await tables.all('inventory', 'reservation'), ledger: await tables.all('inventory', 'stock_ledger') },
    payment: {
      payments: await tables.all('payment', 'payment'), tenders: await tables.all('payment', 'tender'), ledger: await tables.all('payment', 'payment_ledger'),
      refundParts: await tables.all('payment', 'refund_part'),
    },
    receipt: { counters: await tables.all('receipt', 'receipt_counter'), receipts: await tables.all('receipt', 'receipt'), journal: await tables.all('receipt', 'sale_journal'), refunds: await tables.all('receipt', 'refund') },
    inbox: await perService((service) => tables.count(service, 'inbox')),
    outbox: await perService((service) => tables.count(service, 'outbox')),
    provider: await providerLedger(world),
    events: [...events.events],
    breakerEvents,
    operations: [...events.operations],
    bus: await busCounts(network.ports.bus),
    deadLetters: [...bot.deadLetters],
    breakers: await breakersOf(network),
    crashes: [...log.crashes],
    leaks: [...log.leaks],
    exits: [...world.unmeantExits],
    foreignReads: await foreignReads(world, commands),
    quiet: { tookMs: rest.isQuiet ? rest.tookMs : Infinity, limitMs: quietLimitMs },
    ...(isolation && { isolation }),
  };
}

/** As many entries as one answer of the provider holds. */
const page = 1_000;

async function providerLedger({ network }: World): Promise<ProviderEntry[]> {
  const entries: ProviderEntry[] = [];
  for (;;) {
    const answer = await fetch(`${network.url('provider')}/v1/ledger?after=${entries.length}&limit=${page}`);
    const { entries: more } = (await answer.json()) as { entries: ProviderEntry[] };
    if (more.length === 0) return entries;
    entries.push(...more);
  }
}

/** One till of each tenant looks for sales of the others. */
async function foreignReads({ network }: World, commands: readonly Command[]): Promise<ForeignRead[]> {
  return (await Promise.all(tenantIds.map(async (tenantId) => {
    const own = tills.find((till) => till.tenantId === tenantId);
    const foreign = commands.find((command) => command.tenantId !== tenantId && isAccepted(command));
    if (!own || !foreign) return [];
    const saleId = saleIdOf(foreign.tenantId as TenantId, foreign.commandId as CommandId);
    const till = await Caller.signIn(network, own.tillId);
    const reads: readonly (readonly [string, string])[] = [
      ['a checkout', `${network.url('cart')}/v1/checkouts/${foreign.commandId}`],
      ['a receipt', `${network.url('receipt')}/v1/receipts/${saleId}`],
      ['a time line', `${network.url('orchestrator')}/v1/checkouts/${saleId}/timeline`],
    ];
    return Promise.all(reads.map(async ([what, url]) => {
      const { status, body } = await till.call('GET', url);
      return { tenantId, ofTenantId: foreign.tenantId, what, status, text: JSON.stringify(body) };
    }));
  }))).flat();
}
