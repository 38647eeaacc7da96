import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { inventory, type Message } from '@checkout/contracts';
import { partitionOf } from '@checkout/kernel';
import { fromServiceBus, toOutbound, toServiceBus } from './codec.ts';
import { InvalidMessage } from './invalid-message.ts';

const ofSale = { tenantId: 'acme', storeId: 'LEEDS-01', saleId: '0f0e4c55-27f5-5d8c-9c0e-2f6b8f1f8f10' };
const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const release: Message = inventory.ReleaseStock(ofSale as Parameters<typeof inventory.ReleaseStock>[0]);
const sent = toServiceBus(toOutbound(release, { id: 'cause.0', source: '/services/orchestrator', time: '2026-01-05T10:00:00.000Z', tenantId: ofSale.tenantId as never, causationId: 'cause', traceparent }));
/** As the SDK hands over what was sent: bodies are parsed, everything else is as it was. */
const received = (overrides: object = {}): ServiceBusReceivedMessage => ({ ...sent, body: JSON.parse(String(sent.body)) as unknown, ...overrides }) as unknown as ServiceBusReceivedMessage;
const codeOf = (read: () => unknown): string => {
  try {
    read();
    return 'none';
  } catch (error) {
    return error instanceof InvalidMessage ? error.code : String(error);
  }
};

describe('a message on the bus', () => {
  it('is read back as it was written', () => {
    const { message, envelope } = fromServiceBus(received());
    expect(message).toEqual(release);
    expect(envelope).toEqual({
      id: 'cause.0', source: '/services/orchestrator', type: release.type, time: '2026-01-05T10:00:00.000Z', causationId: 'cause', traceparent, ...ofSale,
    });
  });

  it('travels with all messages of its store', () => {
    expect(sent.sessionId).toBe(partitionOf('acme', 'LEEDS-01'));
  });

  it('carries the CloudEvents attributes and the tenant where filters and operators see them', () => {
    expect(sent).toMatchObject({ subject: release.type, messageId: 'cause.0', correlationId: ofSale.saleId, contentType: 'application/json' });
    expect(sent.applicationProperties).toMatchObject({
      'cloudEvents:specversion': '1.0', 'cloudEvents:id': 'cause.0', 'cloudEvents:type': release.type, 'cloudEvents:subject': ofSale.saleId, tenant: 'acme', store: 'LEEDS-01',
    });
  });
});

const properties = sent.applicationProperties;
const body = JSON.parse(String(sent.body)) as object;

describe('a message that cannot be right is turned away with a code', () => {
  it.each<[string, object, string]>([
    ['no message id', { messageId: undefined }, 'id-missing'],
    ['a numeric message id', { messageId: 7 }, 'id-missing'],
    ['an id that the inbox could not tell from another', { messageId: '注文1' }, 'id-malformed'],
    ['an id with a trailing space', { messageId: 'cause.0 ' }, 'id-malformed'],
    ['an id that is too long', { messageId: 'x'.repeat(129) }, 'id-malformed'],
    ['no type', { subject: undefined, applicationProperties: { tenant: 'acme' } }, 'type-missing'],
    ['an unknown type', { applicationProperties: { ...properties, 'cloudEvents:type': 'inventory.burn-stock.v1' } }, 'type-unknown'],
    ['no tenant', { applicationProperties: { 'cloudEvents:type': release.type } }, 'tenant-missing'],
    ['a tenant that is no tenant id', { applicationProperties: { ...properties, tenant: "x'; DROP TABLE" } }, 'envelope-invalid'],
    ['a body that is text', { body: 'hello' }, 'body-unreadable'],
    ['a body of bytes', { body: Buffer.from([0xff, 0xfe]) }, 'body-unreadable'],
    ['an empty body', { body: null }, 'body-unreadable'],
    ['a body with a field too many', { body: { ...body, status: 'done' } }, 'body-invalid'],
    ['a body without its sale', { body: { tenantId: 'acme', storeId: 'LEEDS-01' } }, 'body-invalid'],
    ['a body of another tenant', { body: { ...body, tenantId: 'other' } }, 'tenant-mismatch'],
    ['a body of another store', { body: { ...body, storeId: 'YORK-02' } }, 'store-mismatch'],
    ['the wrong partition', { sessionId: 'p-none' }, 'partition-mismatch'],
  ])('%s', (_what, overrides, code) => {
    expect(codeOf(() => fromServiceBus(received(overrides)))).toBe(code);
  });
});
