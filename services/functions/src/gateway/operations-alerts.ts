import { hostname } from 'node:os';
import type { ServiceBusClient, ServiceBusSender } from '@azure/service-bus';
import { noTenant, operations } from '@checkout/contracts';
import { uuidv7 } from '@checkout/kernel';
import { toOutbound, toServiceBus } from '@checkout/messaging/plain';
import type { Logger } from '@checkout/observability';
import type { Alerts, Group } from '../application/ports.ts';

/** Groups told of at once; a night with more causes than this has other ways to be noticed. */
const maxGroups = 100;
const maxStores = 20;
const maxCurrencies = 200;

/** Tells of dead letters on `operations`, where everything about the machinery is told. */
export class OperationsAlerts implements Alerts {
  readonly #client: ServiceBusClient;
  readonly #logger: Pick<Logger, 'warn'>;
  #sender: ServiceBusSender | undefined;

  constructor(client: ServiceBusClient, logger: Pick<Logger, 'warn'>) {
    this.#client = client;
    this.#logger = logger;
  }

  async found(groups: readonly { readonly group: Group; readonly found: number }[]): Promise<void> {
    for (const { group, found } of groups) {
      this.#logger.warn({ signature: group.signature, subscription: group.subscription, tenant: group.tenantId, reason: group.facts.reason, found, waiting: group.waiting }, 'dead letters were found');
    }
    if (groups.length === 0) return;
    this.#sender ??= this.#client.createSender('operations');
    try {
      await this.#sender.sendMessages(groups.slice(0, maxGroups).map(({ group, found }) => toServiceBus(toOutbound(messageOf(group, found), {
        id: uuidv7(), source: '/services/functions', time: new Date().toISOString(), tenantId: noTenant,
      }))));
    } catch (err) {
      // They are in the index and in the metrics whether or not this was heard.
      this.#logger.warn({ err, groups: groups.length }, 'dead letters could not be told of on operations');
    }
  }
}

const messageOf = ({ tenantId, signature, topic, subscription, type, facts, waiting, firstFailedAt, values, stores }: Group, found: number) => operations.DeadLettersFound({
  service: 'functions',
  instance: `${hostname()}/${process.pid}`,
  at: new Date().toISOString(),
  topic, subscription, signature, found, waiting,
  tenant: tenantId,
  type: printable(type),
  reason: printable(facts.reason),
  ...(facts.dependency !== undefined && { dependency: printable(facts.dependency) }),
  oldest: firstFailedAt.toISOString(),
  values: values.slice(0, maxCurrencies).map(({ currency, minor }) => ({ currency, minor })),
  stores: stores.slice(0, maxStores).map(({ storeId }) => printable(storeId)),
});

/** What strangers wrote onto a message, as a contract takes it. */
const printable = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cs}]+/gu, ' ') || '-';
