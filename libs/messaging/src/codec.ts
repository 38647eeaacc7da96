import type { ServiceBusMessage, ServiceBusReceivedMessage } from '@azure/service-bus';
import { catalogue, Envelope, type AnyContract, type Message } from '@checkout/contracts';
import { partitionOf } from '@checkout/kernel';
import { InvalidMessage } from './invalid-message.ts';

/** A message ready for the bus. The body is JSON already, because the outbox stores the very same text. */
export interface Outbound {
  readonly topic: string;
  readonly envelope: Envelope;
  readonly partition: string | undefined;
  readonly bodyJson: string;
}

/**
 * Attributes as application properties. CloudEvents names carry the prefix of the CloudEvents AMQP binding §3.1; what is ours has none.
 * `datacontenttype`, `id` and `type` also stand in the AMQP properties, where brokers, filters and portals look for them.
 */
const prefix = 'cloudEvents:';

export function toServiceBus({ envelope, partition, bodyJson }: Outbound): ServiceBusMessage {
  const applicationProperties: Record<string, string> = {
    [`${prefix}specversion`]: '1.0',
    [`${prefix}id`]: envelope.id,
    [`${prefix}source`]: envelope.source,
    [`${prefix}type`]: envelope.type,
    [`${prefix}time`]: envelope.time,
    tenant: envelope.tenantId,
  };
  if (envelope.saleId !== undefined) applicationProperties[`${prefix}subject`] = envelope.saleId;
  if (envelope.storeId !== undefined) applicationProperties['store'] = envelope.storeId;
  if (envelope.causationId !== undefined) applicationProperties['causation'] = envelope.causationId;
  if (envelope.traceparent !== undefined) applicationProperties['traceparent'] = envelope.traceparent;
  return {
    messageId: envelope.id,
    subject: envelope.type,
    contentType: 'application/json',
    body: Buffer.from(bodyJson),
    applicationProperties,
    ...(partition !== undefined && { sessionId: partition }),
    ...(envelope.saleId !== undefined && { correlationId: envelope.saleId }),
  };
}

/** What the inbox tells apart: it keeps no other characters, and SQL Server takes ids that differ in trailing spaces for the same. */
const idForm = /^[\x21-\x7e]{1,128}$/;

/** A message for others: its place on the bus follows from its contract and from whose sale it speaks of. */
export function toOutbound(message: Message, envelope: Omit<Envelope, 'type' | 'tenantId' | 'storeId' | 'saleId'> & { readonly tenantId: string }): Outbound {
  const contract = catalogue.get(message.type);
  if (!contract) throw new Error(`No contract declares the message ${message.type}`);
  const { tenantId = envelope.tenantId, storeId, saleId } = message.body as { tenantId?: string; storeId?: string; saleId?: string };
  return {
    topic: contract.topic,
    partition: storeId === undefined ? undefined : partitionOf(tenantId, storeId),
    envelope: { ...envelope, type: message.type, tenantId, storeId, saleId } as Envelope,
    bodyJson: JSON.stringify(message.body),
  };
}

/**
 * Reads what arrived. Strict about who is speaking of what, because nothing behind this line asks again.
 *
 * @throws InvalidMessage with the codes `id-missing`, `id-malformed`, `type-missing`, `type-unknown`, `envelope-invalid`, `body-unreadable`,
 *   `body-invalid`, `tenant-missing`, `tenant-mismatch`, `store-mismatch`, `partition-mismatch`.
 */
export function fromServiceBus(received: ServiceBusReceivedMessage): { readonly message: Message; readonly envelope: Envelope; readonly contract: AnyContract } {
  const properties = received.applicationProperties ?? {};
  const id = received.messageId;
  if (typeof id !== 'string' || id === '') throw new InvalidMessage('id-missing', 'The message has no message id of type string; set one that names its content.');
  if (!idForm.test(id)) throw new InvalidMessage('id-malformed', 'The message id is not 1 to 128 printable ASCII characters without spaces.');
  const type = properties[`${prefix}type`] ?? received.subject;
  if (typeof type !== 'string') throw new InvalidMessage('type-missing', `Neither the property ${prefix}type nor the subject names the message's type.`);
  const contract = catalogue.get(type);
  if (!contract) throw new InvalidMessage('type-unknown', `No contract declares the type ${type.slice(0, 100)}; a newer sender needs a newer receiver.`);
  if (typeof properties['tenant'] !== 'string') throw new InvalidMessage('tenant-missing', 'The application property tenant is missing.');

  const envelope = Envelope.safeParse({
    id,
    type,
    source: properties[`${prefix}source`] ?? '/unknown',
    time: properties[`${prefix}time`] ?? received.enqueuedTimeUtc?.toISOString() ?? '',
    tenantId: properties['tenant'],
    storeId: properties['store'],
    saleId: properties[`${prefix}subject`],
    causationId: properties['causation'],
    traceparent: properties['traceparent'],
    replayOf: properties['replayOf'],
  });
  if (!envelope.success) throw new InvalidMessage('envelope-invalid', describe(envelope.error.issues));
  if (!isJsonObject(received)) throw new InvalidMessage('body-unreadable', 'The body is not one data section that holds a JSON object.');
  const body = contract.schema.safeParse(received.body);
  if (!body.success) throw new InvalidMessage('body-invalid', describe(body.error.issues));
  checkSender(body.data as Addressed, envelope.data, received.sessionId);
  return { message: { type, body: body.data }, envelope: { ...envelope.data, ...addressOf(body.data as Addressed) }, contract };
}

/**
 * An AMQP map can look just like a body of ours once the SDK has decoded it, and its sender speaks another language all the same: one in which a number
 * may be a text tomorrow. Two data sections come as a list.
 */
function isJsonObject({ body, _rawAmqpMessage: raw }: ServiceBusReceivedMessage): boolean {
  // Whoever asks what would become of a message has the body only.
  const { bodyType = 'data' } = (raw as ServiceBusReceivedMessage['_rawAmqpMessage'] | undefined) ?? {};
  return bodyType === 'data' && typeof body === 'object' && body !== null && !Array.isArray(body) && !Buffer.isBuffer(body);
}

interface Addressed {
  readonly tenantId?: Envelope['tenantId'];
  readonly storeId?: NonNullable<Envelope['storeId']>;
  readonly saleId?: NonNullable<Envelope['saleId']>;
}

const addressOf = ({ storeId, saleId }: Addressed) => ({ ...(storeId !== undefined && { storeId }), ...(saleId !== undefined && { saleId }) });

function checkSender(body: Addressed, envelope: Envelope, partition: string | undefined): void {
  if (body.tenantId !== undefined && body.tenantId !== envelope.tenantId) {
    throw new InvalidMessage('tenant-mismatch', `The body speaks of tenant ${body.tenantId}, the property tenant says ${envelope.tenantId}.`);
  }
  if (body.storeId !== undefined && envelope.storeId !== undefined && body.storeId !== envelope.storeId) {
    throw new InvalidMessage('store-mismatch', `The body speaks of store ${body.storeId}, the property store says ${envelope.storeId}.`);
  }
  if (partition === undefined || body.storeId === undefined) return;
  const expected = partitionOf(envelope.tenantId, body.storeId);
  if (partition !== expected) {
    throw new InvalidMessage('partition-mismatch', `Messages of store ${body.storeId} belong to session ${expected}, this one came in ${partition}.`);
  }
}

/** The first issues only: a description has a size limit on the bus, and one is enough to find the sender. */
const describe = (issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): string =>
  issues.slice(0, 5).map(({ path, message }) => `/${path.join('/')}: ${message}`).join('; ').slice(0, 1_000);
