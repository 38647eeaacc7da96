import mssql from 'mssql';
import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { checkout, topology } from '@checkout/contracts';
import { partitionOf, saleIdOf, uuidv7, type CommandId, type Sku, type StoreId, type TenantId, type TillId } from '@checkout/kernel';
import { Caller, card, products, type Network, type ServiceName } from '@checkout/local-network';

const place = { tenantId: 'brightside' as TenantId, storeId: 'LEEDS-01' as StoreId, tillId: 'LEEDS-01-T1' as TillId };

export const saleIdOfCommand = (commandId: string): string => saleIdOf(place.tenantId, commandId as CommandId);

/** Rows that no service of ours would ever write, put into and taken out of a database past the services. */
export async function corrupt(network: Network, database: ServiceName, statement: string): Promise<void> {
  const pool = await new mssql.ConnectionPool(network.sqlConnection(database)).connect();
  try {
    await pool.request().query(`EXEC sp_set_session_context @key = N'scope', @value = 'service'; ${statement}`);
  } finally {
    await pool.close();
  }
}

/** What a till sends that puts its checkouts straight onto the bus. */
export async function sendStraight(network: Network, commandIds: readonly string[], change: (body: object) => { readonly body: unknown; readonly type?: string }): Promise<void> {
  const client = new ServiceBusClient(network.serviceBusConnection);
  const [{ sku, description, unitPriceMinor, taxRateBp }] = products as unknown as [{ sku: string; description: string; unitPriceMinor: number; taxRateBp: number }];
  const messages = commandIds.map((commandId) => {
    const request = checkout.CheckoutRequested({
      ...place, commandId: commandId as CommandId, saleId: saleIdOf(place.tenantId, commandId as CommandId), currency: 'GBP', taxMode: 'inclusive',
      lines: [{ sku: sku as Sku, description, quantity: 1, unitPriceMinor, taxRateBp }], tenders: [card(unitPriceMinor)], totalMinor: unitPriceMinor, requestedAt: new Date().toISOString(),
    });
    const { body, type = checkout.CheckoutRequested.type } = change(request.body);
    return {
      messageId: uuidv7(), subject: type, sessionId: partitionOf(place.tenantId, place.storeId), body,
      applicationProperties: { 'cloudEvents:type': type, 'cloudEvents:specversion': '1.0', 'cloudEvents:subject': saleIdOf(place.tenantId, commandId as CommandId), tenant: place.tenantId, store: place.storeId },
    };
  });
  await client.createSender('checkout-requests').sendMessages(messages);
  await client.close();
}

const topicsOf = (subscriptions: readonly string[]) => topology.flatMap((topic) => topic.subscriptions.filter(({ name }) => subscriptions.includes(name)).map(({ name, requiresSession }) => ({ topic: topic.name, subscription: name, requiresSession })));

class Bus implements AsyncDisposable {
  readonly client: ServiceBusClient;

  constructor(network: Network) {
    this.client = new ServiceBusClient(network.serviceBusConnection);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.client.close();
  }
}

export interface Copy { readonly topic: string; readonly subscription: string; readonly message: ServiceBusReceivedMessage }

/** What lies in the dead-letter queues of these services, looked at. */
export async function deadLettersOf(network: Network, subscriptions: readonly string[]): Promise<Copy[]> {
  await using bus = new Bus(network);
  const { client } = bus;
  const found = await Promise.all(topicsOf(subscriptions).map(async ({ topic, subscription }) =>
    (await client.createReceiver(topic, subscription, { subQueueType: 'deadLetter' }).peekMessages(1_000)).map((message) => ({ topic, subscription, message }))));
  return found.flat();
}

/** Once more, under ids that no inbox and no duplicate detection has seen. */
export async function putBack(network: Network, copies: readonly Copy[]): Promise<void> {
  await using bus = new Bus(network);
  const { client } = bus;
  for (const { topic, subscription, message: { messageId, body, sessionId, subject, contentType, correlationId, applicationProperties } } of copies) {
    const kept = Object.fromEntries(Object.entries(applicationProperties ?? {}).filter(([name]) => !name.startsWith('failure-') && !name.startsWith('DeadLetter')));
    await client.createSender(topic).sendMessages({
      messageId: `${String(messageId)}~r7`, body: body as unknown, applicationProperties: { ...kept, replayFor: subscription, replayOf: String(messageId) },
      ...(sessionId !== undefined && { sessionId }), ...(subject !== undefined && { subject }), ...(contentType !== undefined && { contentType }), ...(correlationId !== undefined && { correlationId }),
    });
  }
}

/** Waits until these services have nothing to handle, twice in a row: one's answer is another's message. */
export async function emptied(network: Network, subscriptions: readonly string[], limitMs = 60_000): Promise<void> {
  await using bus = new Bus(network);
  const { client } = bus;
  let quiet = 0;
  for (const giveUpAt = Date.now() + limitMs; quiet < 2; await new Promise((resolve) => setTimeout(resolve, 500))) {
    if (Date.now() > giveUpAt) throw new Error(`${subscriptions.join(', ')} still have messages`);
    const waiting = await Promise.all(topicsOf(subscriptions).map(({ topic, subscription }) => client.createReceiver(topic, subscription).peekMessages(1)));
    quiet = waiting.every((messages) => messages.length === 0) ? quiet + 1 : 0;
  }
}

export interface Group {
  readonly signature: string;
  readonly topic: string;
  readonly subscription: string;
  readonly type: string;
  readonly waiting: number;
  readonly facts: { readonly reason: string; readonly step: string; readonly dependency?: string; readonly errorClass?: string; readonly frame?: string };
}
export interface Plan {
  readonly planId: string;
  readonly state: string;
  readonly because?: string;
  readonly count: number;
  readonly needsApproval: boolean;
  readonly items?: Readonly<Record<string, number>>;
  readonly heldBackBy?: string;
}
export interface Item { readonly messageId: string; readonly state: string; readonly prediction?: string; readonly because?: string; readonly edited: boolean }

/** The desk as an operator has it in front of them, with the second person beside them. */
export class Desk {
  readonly #url: string;
  readonly #operator: Caller;
  readonly #approver: Caller;

  static async open(network: Network, operator = 'platform-sre'): Promise<Desk> {
    return new Desk(network.url('functions'), await Caller.signIn(network, operator), await Caller.signIn(network, 'platform-approver'));
  }

  private constructor(url: string, operator: Caller, approver: Caller) {
    this.#url = `${url}/v1/`;
    this.#operator = operator;
    this.#approver = approver;
  }

  async groups(): Promise<readonly Group[]> {
    return (await this.#call<{ groups: Group[] }>('GET', 'dead-letters/groups')).groups;
  }

  replay({ signature }: Pick<Group, 'signature'>, more: object = {}): Promise<Plan> {
    return this.#call('POST', 'dead-letters/plans', { kind: 'replay', selection: { signature }, reason: 'the cause is mended', ...more });
  }

  dryRun({ planId }: Plan): Promise<{ readonly counts: Readonly<Record<string, number>>; readonly edits?: readonly unknown[] }> {
    return this.#call('POST', `dead-letters/plans/${planId}/dry-run`);
  }

  async start({ planId, needsApproval }: Plan): Promise<Plan> {
    if (needsApproval) await this.#call('POST', `dead-letters/plans/${planId}/approve`, undefined, this.#approver);
    return this.#call('POST', `dead-letters/plans/${planId}/start`);
  }

  cancel({ planId }: Plan): Promise<Plan> {
    return this.#call('POST', `dead-letters/plans/${planId}/cancel`);
  }

  show({ planId }: Pick<Plan, 'planId'>): Promise<Plan> {
    return this.#call('GET', `dead-letters/plans/${planId}`);
  }

  async items({ planId }: Plan): Promise<readonly Item[]> {
    return (await this.#call<{ items: Item[] }>('GET', `dead-letters/plans/${planId}/items?limit=1000`)).items;
  }

  audit(): Promise<{ readonly entries: number; readonly broken?: object }> {
    return this.#call('GET', 'dead-letters/audit/verification');
  }

  async metrics(): Promise<string> {
    return (await fetch(`${this.#url}metrics`)).text();
  }

  /** The plan once it has come to an end, for good or until somebody goes on with it. */
  async ended(plan: Pick<Plan, 'planId'>, limitMs = 120_000): Promise<Plan> {
    for (const giveUpAt = Date.now() + limitMs; ;) {
      const now = await this.show(plan).catch(() => undefined);
      const isOver = now !== undefined && now.state !== 'running' && (now.items?.['sent'] ?? 0) === 0;
      if (isOver) return now;
      if (Date.now() > giveUpAt) throw new Error(`The plan is not over: ${JSON.stringify(now)}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  async #call<Body>(method: string, path: string, body?: object, by = this.#operator): Promise<Body> {
    const answer = await by.call<Body>(method, this.#url + path, body);
    if (answer.status >= 300) throw Object.assign(new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`), { code: (answer.body as { code?: string }).code });
    return answer.body;
  }
}
