/**
 * What anybody with the right to send may put onto the bus, and what becomes of it: the first service that reads it dead-letters it with a code, whole, and
 * the sales around it go on. Sent with a plain AMQP client, because the SDK refuses to send most of it.
 */
import { inventory } from '@checkout/contracts';
import { partitionOf, uuidv7 } from '@checkout/kernel';
import { metricsText } from '@checkout/observability';
import rhea, { type Message } from 'rhea';
import { openPlainSender, withoutBody, type PlainSender } from './testing/plain-amqp.ts';
import { eventually, ofSale, Shop, storeIds, Town } from './testing/shop.ts';
import { tenantId } from './testing/shelf.ts';

const { message: sections } = rhea;
const [storeId = ''] = storeIds;
const type = inventory.ReleaseStock.type;
const patientMs = 30_000;

/** A command that sells one piece. */
const good = (): Message => ({
  message_id: uuidv7(),
  group_id: partitionOf(tenantId, storeId),
  subject: type,
  application_properties: { 'cloudEvents:type': type, tenant: tenantId },
  body: sections.data_section(Buffer.from(JSON.stringify(ofSale(storeId)))),
});
const without = (field: 'message_id' | 'group_id'): Message => Object.fromEntries(Object.entries(good()).filter(([name]) => name !== field)) as Message;
const data = (content: string | Buffer) => ({ body: sections.data_section(Buffer.from(content)) });
const property = (changes: Record<string, unknown>) => ({ application_properties: { ...good().application_properties, ...changes } });
const typed = (name: string) => ({ subject: name, ...property({ 'cloudEvents:type': name }) });
const manyProperties = (kilobytes: number) => Object.fromEntries(Array.from({ length: kilobytes }, (_, index) => [`x${index}`, 'x'.repeat(1_000)]));
const body = () => ofSale(storeId);
const reserving = (sku: string) => JSON.stringify({ ...body(), lines: [{ sku, quantity: 1 }] });

let town: Town;
let shop: Shop;
let sender: PlainSender;
beforeAll(async () => {
  town = await Town.open();
  shop = new Shop(town);
  await shop.open();
  sender = await openPlainSender(town.serviceBus.port, 'inventory-commands');
});
afterAll(async () => {
  await sender[Symbol.asyncDispose]();
  await shop.close();
  await town[Symbol.asyncDispose]();
});
beforeEach(() => town.reset());

const settled = () => eventually(async () => expect(await town.waiting()).toMatchObject({ active: 0, locked: 0 }), patientMs);
const sold = (pieces: number) => eventually(async () => expect(await town.sold()).toBe(pieces), patientMs);

async function deadLetter() {
  const receiver = town.client.createReceiver('inventory-commands', 'inventory', { subQueueType: 'deadLetter', receiveMode: 'receiveAndDelete', skipParsingBodyAsJson: true });
  try {
    const [dead] = await receiver.receiveMessages(1, { maxWaitTimeInMs: patientMs });
    return dead;
  } finally {
    await receiver.close();
  }
}

/** What the metric says that an alert looks at. */
const unreadable = async (): Promise<number> => Number(/^messages_handled_total\{[^}]*type="unreadable"[^}]*\} (\d+)/m.exec(await metricsText())?.[1] ?? 0);

describe('a message that cannot be right is dead-lettered at its first delivery, whole, and the sales around it go on (B18):', () => {
  it.each<[string, string, () => Message | Buffer]>([
    ['X111 no body', 'body-unreadable', () => withoutBody(good())],
    ['X111 a body that is null', 'body-unreadable', () => ({ ...good(), body: null })],
    ['X112 an empty body', 'body-unreadable', () => ({ ...good(), ...data('') })],
    ['X113 a body that is not JSON', 'body-unreadable', () => ({ ...good(), ...data('release it, please') })],
    ['X113 JSON that stops in the middle', 'body-unreadable', () => ({ ...good(), ...data(JSON.stringify(body()).slice(0, -1)) })],
    ['X113 bytes that are no text', 'body-unreadable', () => ({ ...good(), ...data(Buffer.from([0xff, 0xfe, 0x00])) })],
    ['X114 JSON of another schema', 'body-invalid', () => ({ ...good(), ...data('{"hello":"world"}') })],
    ['X114 a field that nobody declared', 'body-invalid', () => ({ ...good(), ...data(JSON.stringify({ ...body(), status: 'done' })) })],
    ['X114 a list', 'body-unreadable', () => ({ ...good(), ...data(JSON.stringify([body()])) })],
    ['X114 a number', 'body-unreadable', () => ({ ...good(), ...data('7') })],
    ['X115 an AMQP value that holds the right JSON', 'body-unreadable', () => ({ ...good(), body: JSON.stringify(body()) })],
    ['X115 an AMQP value that is the right map', 'body-unreadable', () => ({ ...good(), body: body() })],
    ['X116 an AMQP sequence', 'body-unreadable', () => ({ ...good(), body: sections.sequence_section([JSON.stringify(body())]) })],
    ['X117 two bodies', 'body-unreadable', () => ({ ...good(), body: sections.data_sections([Buffer.from(JSON.stringify(body())), Buffer.from(JSON.stringify(body()))]) })],
    ['X118 200 KB of zeros', 'body-unreadable', () => ({ ...good(), ...data(Buffer.alloc(200_000)) })],
    ['X119 a type that nobody declared', 'type-unknown', () => ({ ...good(), ...typed('inventory.burn-stock.v1') })],
    ['X120 a major version that only a newer sender knows', 'type-unknown', () => ({ ...good(), ...typed('inventory.release-stock.v2') })],
    ['X122 a type without a version', 'type-unknown', () => ({ ...good(), ...typed('inventory.release-stock') })],
    ['X123 a type in the wrong case', 'type-unknown', () => ({ ...good(), ...typed('Inventory.Release-Stock.V1') })],
    ['X124 a type that is not that of the body', 'body-invalid', () => ({ ...good(), ...typed(inventory.ReserveStock.type) })],
    ['X124 the type of a message that belongs to another service', 'type-unexpected', () => ({ ...good(), ...typed('payment.void-payment.v1') })],
    ['X125 a message id that is a number', 'id-missing', () => ({ ...good(), message_id: 7 })],
    ['X126 a message id of 129 characters', 'id-malformed', () => ({ ...good(), message_id: 'x'.repeat(129) })],
    ['X129 no session', 'Session ID is null.', () => without('group_id')],
    ['X130 the session of another store', 'partition-mismatch', () => ({ ...good(), group_id: partitionOf(tenantId, storeIds[1] ?? '') })],
    ['X131 another tenant in its properties than in its body', 'tenant-mismatch', () => ({ ...good(), ...property({ tenant: 'other' }) })],
    ['X134 a tenant that is a long', 'tenant-missing', () => ({ ...good(), ...property({ tenant: rhea.types.wrap_long(7) }) })],
    ['X134 a type that is a list', 'type-missing', () => ({ ...good(), ...property({ 'cloudEvents:type': rhea.types.wrap_long(7) }) })],
    ['X134 a trace that is a boolean', 'envelope-invalid', () => ({ ...good(), ...property({ traceparent: true }) })],
    ['X145 U+0000 in an article', 'body-invalid', () => ({ ...good(), ...typed(inventory.ReserveStock.type), ...data(reserving('TEA\u0000')) })],
    ['X146 half a surrogate pair in an article', 'body-invalid', () => ({ ...good(), ...typed(inventory.ReserveStock.type), ...data(reserving('TEA\ud83d')) })],
    ['X147 lists in lists, as deep as the bus takes them', 'body-unreadable', () => ({ ...good(), ...data('['.repeat(100_000) + ']'.repeat(100_000)) })],
    ['X147 objects in objects, under a name that is expected', 'body-invalid', () => ({ ...good(), ...data(`{"saleId":${'{"a":'.repeat(35_000)}1${'}'.repeat(35_000)}}`) })],
  ])('%s', async (_what, reason, make) => {
    const before = await unreadable();
    const bad = make();

    await sender.send(good());
    await sender.send(bad);
    await sender.send(good());
    const dead = await deadLetter();

    expect([dead?.deadLetterReason, dead?.deliveryCount]).toEqual([reason, 0]);
    expect(dead?.deadLetterErrorDescription).toBeTruthy();
    const sentBytes = (bad as { body?: { content?: unknown } }).body?.content;
    if (Buffer.isBuffer(sentBytes)) expect(sentBytes.equals(dead?.body as Buffer)).toBe(true);
    await sold(2);
    await settled();
    if (!reason.startsWith('Session')) expect(await unreadable()).toBe(before + 1);
  }, 2 * patientMs);
});

describe('what says nothing about the sale changes nothing about it:', () => {
  it.each<[string, () => Message]>([
    ['X125 no message id: the bus gives it one, which it keeps', () => without('message_id')],
    ['X128 no correlation id: the sale stands in the body', good],
    ['X128 a correlation id of another sale', () => ({ ...good(), correlation_id: uuidv7() })],
    ['X135 60 KB of properties that nobody knows', () => ({ ...good(), ...property(manyProperties(60)) })],
    ['X141 a time years ago, as a dead letter has that is put back', () => ({ ...good(), creation_time: new Date(0), ...property({ 'cloudEvents:time': '1999-12-31T23:59:59Z' }) })],
    ['X144 a time to be delivered at that is over', () => ({ ...good(), message_annotations: { 'x-opt-scheduled-enqueue-time': new Date('1999-12-31T23:59:59Z') } })],
  ])('%s', async (_what, make) => {
    await sender.send(make());
    await sold(1);
    await settled();
    expect((await town.waiting()).deadLetter).toBe(0);
  }, 2 * patientMs);
});

describe('what the bus itself does not take', () => {
  it('X135, B21 more than 64 KB of properties, is told to the sender, and the next sale goes on', async () => {
    await using another = await openPlainSender(town.serviceBus.port, 'inventory-commands');
    await expect(another.send({ ...good(), ...property(manyProperties(70)) })).rejects.toThrow(/application properties/);
    await sender.send(good());
    await sold(1);
  }, 2 * patientMs);

  it('X143 a message without any time to live is never handled late', async () => {
    await sender.send({ ...good(), ttl: 0 });
    await sender.send(good());
    await sold(1);
    await settled();
    expect((await deadLetter())?.deadLetterReason).toBe('TTLExpiredException');
  }, 2 * patientMs);
});
