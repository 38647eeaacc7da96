import type { Message } from 'rhea';
import type { Right } from '../access.ts';
import type { Broker, Entity } from '../broker.ts';
import { condition, Refusal } from '../errors.ts';
import type { Faults } from '../fault/faults.ts';
import { limits } from '../limits.ts';
import { lockIdOf, lockTokenUuid } from '../lock-token.ts';
import type { MessageSession } from '../message-session.ts';
import type { MessageStore } from '../message-store.ts';
import type { Changes } from '../store-options.ts';
import type { StoredMessage } from '../stored-message.ts';
import { propertyValue, text } from '../wire/encode.ts';
import { encodeDelivered } from '../wire/prefix.ts';
import { type Response, serveRequests } from './cbs.ts';
import { type AnyLink, types } from './rhea-link.ts';
import { addRule, enumerateRules, removeRule } from './rule-operations.ts';

/** The body of a request: an amqp-value map with string keys, as rhea decodes it. */
export type RequestBody = Readonly<Record<string, unknown>>;

/** What an operation answers: the body, or undefined for 204 "nothing there". */
export type OperationResult = Readonly<Record<string, unknown>> | undefined;

type Operation = (body: RequestBody, entity: Entity, broker: Broker) => OperationResult | Promise<OperationResult>;

/** Operations by name, without their `com.microsoft:` prefix (specification §10). */
const operations: Readonly<Record<string, Operation>> = {
  'renew-lock': renewLock,
  'renew-session-lock': renewSessionLock,
  'peek-message': peekMessage,
  'schedule-message': scheduleMessage,
  'cancel-scheduled-message': cancelScheduledMessage,
  'receive-by-sequence-number': receiveBySequenceNumber,
  'update-disposition': updateDisposition,
  'set-session-state': setSessionState,
  'get-session-state': getSessionState,
  'add-rule': addRule,
  'remove-rule': removeRule,
  'enumerate-rules': enumerateRules,
  'get-message-sessions': getMessageSessions,
  'batch-delete-messages': batchDeleteMessages,
};

/** What an operation takes, where it is not `Listen`. */
const rights: Readonly<Record<string, Right>> = { 'schedule-message': 'Send', 'cancel-scheduled-message': 'Send', 'add-rule': 'Manage', 'remove-rule': 'Manage' };

const statusOf: Readonly<Record<string, number>> = {
  [condition.messageLockLost]: 410,
  [condition.sessionLockLost]: 410,
  [condition.messageNotFound]: 404,
  [condition.notFound]: 404,
  [condition.entityAlreadyExists]: 409,
  [condition.notImplemented]: 501,
  [condition.unauthorized]: 401,
};

/** @param demand throws a Refusal when the client's token does not carry the right. */
export function serveManagement(link: AnyLink, entity: Entity, broker: Broker, faults: Faults, demand: (right: Right) => void): void {
  serveRequests(link, (request) => (isRenewal(request) && faults.strike('lose-renewal', entity.path) ? undefined : answer(request, entity, broker, demand)));
}

const operationOf = ({ application_properties: properties }: Message): string => String(properties?.['operation'] ?? '').replace(/^com\.microsoft:/, '');
const isRenewal = (request: Message): boolean => /^renew-(?:session-)?lock$/.test(operationOf(request));

async function answer(request: Message, entity: Entity, broker: Broker, demand: (right: Right) => void): Promise<Response> {
  const name = operationOf(request);
  try {
    demand(rights[name] ?? 'Listen');
    const operation = operations[name];
    if (!operation) throw new Refusal(condition.notImplemented, `The operation '${name}' is not supported.`);
    const result = await operation((request.body ?? {}) as RequestBody, entity, broker);
    return { application_properties: { statusCode: result ? 200 : 204, statusDescription: result ? 'OK' : 'No content' }, body: result ?? {} };
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal(condition.internalError, error instanceof Error ? error.message : String(error));
    return {
      application_properties: {
        statusCode: statusOf[refusal.condition] ?? 400, statusDescription: refusal.message,
        // A symbol: without it the SDK guesses a condition from the status, and often the wrong one (specification §3).
        errorCondition: types.wrap_symbol(refusal.condition) as never,
      },
      body: {},
    };
  }
}

// ---- Locks

function renewLock(body: RequestBody, entity: Entity): OperationResult {
  const store = storeOf(entity);
  const renewed = lockTokens(body).map((token) => store.renewLock(lockedMessage(store, token)));
  return { expirations: array(renewed, TIMESTAMP) };
}

function renewSessionLock(body: RequestBody, entity: Entity): OperationResult {
  const session = ownedSession(body, storeOf(entity));
  return { expiration: types.wrap_timestamp(session.store.ownership.renew(session)) };
}

async function updateDisposition(body: RequestBody, entity: Entity, broker: Broker): Promise<OperationResult> {
  const store = storeOf(entity);
  const messages = lockTokens(body).map((token) => lockedMessage(store, token));
  const changes = new Map<string, Buffer>(Object.entries((body['properties-to-modify'] ?? {}) as Record<string, unknown>).map(([key, value]) => [key, propertyValue(value)]));
  for (const message of messages) settle(store, message, String(body['disposition-status']), withReason(body, changes));
  await durable(broker);
  return {};
}

function settle(store: MessageStore, message: StoredMessage, status: string, changes: Changes): void {
  switch (status) {
    case 'completed':
      return store.complete(message);
    case 'abandoned':
      return store.abandon(message, changes);
    case 'defered':
      return store.defer(message, changes);
    case 'suspended':
      return store.deadLetter(message, changes);
    default:
      throw new Refusal(condition.notImplemented, `The disposition '${status}' is not supported.`);
  }
}

function withReason(body: RequestBody, changes: Changes): Changes {
  const all = new Map(changes);
  const reason = body['deadletter-reason'];
  const description = body['deadletter-description'];
  if (typeof reason === 'string') all.set('DeadLetterReason', text(reason));
  if (typeof description === 'string') all.set('DeadLetterErrorDescription', text(description));
  return all;
}

// ---- Messages

function peekMessage(body: RequestBody, entity: Entity): OperationResult {
  const store = entity.kind === 'topic' ? entity.topic.store : storeOf(entity);
  const count = Math.min(whole(body['message-count']), limits.peekMessages);
  const messages = store.peek(whole(body['from-sequence-number']), count, optionalText(body['session-id']));
  if (messages.length === 0) return undefined;
  const encoded: { message: Buffer }[] = [];
  let bytes = 0;
  for (const message of messages) {
    if (bytes > limits.peekBytes) break;
    bytes += message.content.bytes.length;
    encoded.push({ message: encodeDelivered(message, 0) });
  }
  return { messages: encoded };
}

function receiveBySequenceNumber(body: RequestBody, entity: Entity, broker: Broker): Promise<OperationResult> | OperationResult {
  const store = storeOf(entity);
  const deletes = whole(body['receiver-settle-mode']) === 0;
  if (store.options.requiresSession) ownedSession(body, store);
  const messages = store.receiveDeferred(list(body['sequence-numbers']).map(whole), deletes);
  const result = {
    messages: messages.map((message) => ({
      'lock-token': types.wrap_uuid(lockTokenUuid(message.lock?.id ?? 0) as never),
      message: encodeDelivered(message, message.lock?.until ?? 0),
    })),
  };
  return deletes ? durable(broker).then(() => result) : result;
}

function scheduleMessage(body: RequestBody, entity: Entity, broker: Broker): Promise<OperationResult> {
  if (!('destination' in entity)) throw new Refusal(condition.notAllowed, `Nothing can be scheduled on '${entity.path}'.`);
  const { destination } = entity;
  const encodings = list(body['messages']).map((item) => {
    const bytes = (item as { message?: unknown }).message;
    if (!Buffer.isBuffer(bytes)) throw new Refusal(condition.argumentError, 'A message to schedule has no bytes.');
    return bytes;
  });
  return new Promise((resolve) => {
    broker.schedule(destination, encodings, (sequences) => resolve({ 'sequence-numbers': array(sequences, LONG) }));
  });
}

async function cancelScheduledMessage(body: RequestBody, entity: Entity, broker: Broker): Promise<OperationResult> {
  if (!('destination' in entity)) throw new Refusal(condition.notAllowed, `Nothing is scheduled on '${entity.path}'.`);
  broker.cancelScheduled(entity.destination, list(body['sequence-numbers']).map(whole));
  await durable(broker);
  return {};
}

// ---- Session state

async function setSessionState(body: RequestBody, entity: Entity, broker: Broker): Promise<OperationResult> {
  const session = ownedSession(body, storeOf(entity));
  const state = body['session-state'];
  session.store.ownership.setState(session, Buffer.isBuffer(state) && state.length > 0 ? Buffer.from(state) : undefined);
  await durable(broker);
  return {};
}

function getSessionState(body: RequestBody, entity: Entity): OperationResult {
  const session = ownedSession(body, storeOf(entity));
  return { 'session-state': session.state ? types.wrap_binary(session.state as never) : null };
}

/** Sessions with messages, or those whose state was set after a time: that time is not kept, so all that have a state. */
function getMessageSessions(body: RequestBody, entity: Entity): OperationResult {
  const store = storeOf(entity);
  const skip = whole(body['skip']);
  const wanted = body['last-updated-time'];
  const hasMessages = wanted === undefined || wanted === null || Number(wanted) > Date.now();
  const ids = [...store.sessions.values()].filter(({ messageCount, state }) => (hasMessages ? messageCount > 0 : state !== undefined)).map(({ id }) => id);
  const page = ids.slice(skip, skip + whole(body['top']));
  return page.length === 0 ? undefined : { skip: skip + page.length, 'sessions-ids': page };
}

async function batchDeleteMessages(body: RequestBody, entity: Entity, broker: Broker): Promise<OperationResult> {
  const until = body['enqueued-time-utc'];
  const count = Math.min(whole(body['message-count']), limits.deleteMessages);
  const deleted = storeOf(entity).deleteMessages(count, until instanceof Date || typeof until === 'number' ? Number(until) : Date.now(), optionalText(body['session-id']));
  await durable(broker);
  return deleted === 0 ? undefined : { 'message-count': types.wrap_int(deleted) };
}

// ---- Reading requests

export const durable = (broker: Broker): Promise<void> => new Promise((resolve) => { broker.log.afterDurable(resolve); });

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** rhea gives longs as numbers, and beyond 2^53 as 8 bytes. */
export function whole(value: unknown): number {
  if (typeof value === 'number') return value;
  return Buffer.isBuffer(value) && value.length === 8 ? Number(value.readBigInt64BE()) : 0;
}

const optionalText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Constructors of array elements (AMQP 1.0 §1.6): the SDK reads real AMQP arrays, not lists. */
const TIMESTAMP = 0x83;
const LONG = 0x81;

function array(values: readonly number[], constructor: number): unknown {
  return types.wrap_array(values as never, constructor as never, undefined as never);
}

function lockTokens(body: RequestBody): number[] {
  return list(body['lock-tokens']).map((token) => (Buffer.isBuffer(token) ? lockIdOf(token) : 0));
}

function storeOf(entity: Entity): MessageStore {
  if (entity.kind === 'topic') throw new Refusal(condition.notAllowed, `'${entity.path}' is a topic and has no messages of its own.`);
  return entity.store;
}

function lockedMessage(store: MessageStore, lockId: number): StoredMessage {
  const message = store.lockedBy(lockId);
  if (!message) throw new Refusal(condition.messageLockLost, 'The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue.');
  return message;
}

function ownedSession(body: RequestBody, store: MessageStore): MessageSession {
  const session = store.sessions.find(String(body['session-id'] ?? ''));
  if (!session?.owner) throw new Refusal(condition.sessionLockLost, `The session '${String(body['session-id'])}' of '${store.path}' is not locked.`);
  return session;
}
