import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceBusClient } from '@azure/service-bus';
import { saleIdOf, uuidv7, type CommandId, type TenantId } from '@checkout/kernel';
import { FrontDoor } from '../till/front-door.ts';
import { requestOf } from '../till/bus-door.ts';
import type { Command } from '../till/history.ts';
import type { PlannedSale } from '../plan/plan.ts';
import { priceOf, tills, type TillPlace } from '../world/shops.ts';
import type { World } from '../world/world.ts';

export const saleOf = ({ tenantId, commandId }: Pick<Command, 'tenantId' | 'commandId'>): string => saleIdOf(tenantId as TenantId, commandId as CommandId);

const [place] = tills as readonly [TillPlace, ...TillPlace[]];

/** Plain sales that have not been sent yet, each with the id that its till made for it. */
export function commandsOf(count: number, route: PlannedSale['route'] = 'http'): Command[] {
  return Array.from({ length: count }, (_, index) => {
    const sku = `ART-${String(1 + (index % 12)).padStart(2, '0')}`;
    const sale: PlannedSale = { index, tillId: place.tillId, lines: [{ sku, quantity: 1 }], tenders: [{ type: 'card', amountMinor: priceOf(sku), cardToken: 'tok_visa_4242' }], route, manner: 'plain', afterMs: 0 };
    return { commandId: uuidv7(), ...place, sale, attempts: [], seen: [], isGivenUp: false };
  });
}

export async function sell(world: World, commands: readonly Command[]): Promise<void> {
  const door = await FrontDoor.signIn(world.network, place.tillId);
  for (const command of commands) {
    // Again under the same id, as a till does, until it is told that the sale is accepted.
    for (let tries = 0; tries < 30 && command.attempts.at(-1)?.type !== 'ok'; tries += 1) {
      if (tries > 0) await sleep(500);
      command.attempts.push(await door.submit(command.commandId, command.sale));
    }
  }
}

/** What a till sends that puts its checkouts straight onto the bus, and has changed something about them. Nobody can know whether such a sale will exist. */
export async function sendStraight({ network }: World, commands: readonly Command[], change: (body: object) => { readonly body: object; readonly type?: string }): Promise<void> {
  const client = new ServiceBusClient(network.serviceBusConnection);
  const messages = commands.map((command) => {
    const message = requestOf(command, command.commandId, command.sale);
    const { body, type = message.subject ?? '' } = change(message.body as object);
    return { ...message, body, subject: type, applicationProperties: { ...message.applicationProperties, 'cloudEvents:type': type, 'cloudEvents:subject': saleOf(command), store: command.storeId } };
  });
  const at = Date.now();
  await client.createSender('checkout-requests').sendMessages(messages);
  await client.close();
  for (const { attempts } of commands) attempts.push({ at, tookMs: Date.now() - at, type: 'info', isWellFormed: true });
}

type CommandsInTheWay = Readonly<Record<'inventory' | 'payment' | 'receipt', readonly Command[]>>;

/** Rows that no service of ours would ever write, in the way of these sales in three databases. */
export class CorruptRows {
  readonly #world: World;
  readonly #of: CommandsInTheWay;

  constructor(world: World, of: CommandsInTheWay) {
    this.#world = world;
    this.#of = of;
  }

  async put(): Promise<void> {
    const { tables } = this.#world;
    const { inventory, payment, receipt } = this.#of;
    await tables.query('inventory', insert('reservation', 'store_id, state, lines, shortages, expires_at, version', inventory, () => "'CEDAR-1', 'held', N'no JSON', NULL, '2099-01-01T00:00:00', 1"));
    await tables.query('payment', insert('payment', 'store_id, currency, total_minor, state, version, created_at, updated_at', payment, () => "'no store!', 'GBP', 1, 'authorized', 1, '2026-01-01T00:00:00', '2026-01-01T00:00:00'"));
    await tables.query('receipt', insert('receipt', 'store_id, series, number, command_id, till_id, issued_at, document', receipt, (saleId, index) => `'CEDAR-1', 'Z', ${index + 1}, '${saleId}', 'CEDAR-1-T1', '2026-01-01T00:00:00', N'no JSON'`));
  }

  async takeAway(): Promise<void> {
    const { tables } = this.#world;
    const { inventory, payment, receipt } = this.#of;
    await tables.query('inventory', `DELETE FROM reservation WHERE sale_id IN (${texts(inventory)}) AND lines = N'no JSON';`);
    await tables.query('payment', `DELETE FROM payment WHERE sale_id IN (${texts(payment)}) AND store_id = 'no store!';`);
    await tables.query('receipt', `DELETE FROM receipt WHERE sale_id IN (${texts(receipt)}) AND series = 'Z';`);
  }
}

const texts = (commands: readonly Command[]): string => commands.map((command) => `'${saleOf(command)}'`).join(', ');

const insert = (table: string, columns: string, commands: readonly Command[], values: (saleId: string, index: number) => string): string =>
  `INSERT INTO ${table} (tenant_id, sale_id, ${columns}) VALUES ${commands.map((command, index) => `('${command.tenantId}', '${saleOf(command)}', ${values(saleOf(command), index)})`).join(', ')};`;
