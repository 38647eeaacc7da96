import { Agent } from 'node:https';
import { connect } from 'node:net';
import { connect as connectSecurely, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { ServiceBusAdministrationClient, type ServiceBusAdministrationClientOptions, ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { limits } from './limits.ts';
import { startServiceBus } from './server.ts';
import { eventually, sleep, startTestBus, temporaryDirectory, type TestBus, topologyOf } from './testing/bus.ts';

/** The SDK renews a token two minutes before the end its credential names, and at once and for ever when that is past. */
const RENEWED_BEFORE_MS = 2 * 60_000;

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Tokens as Entra issues them, unsigned, that live for a few seconds and are renewed a second before their end. */
class ShortLived {
  readonly ends: number[] = [];
  readonly #livesMs: number;

  constructor(livesMs: number) {
    this.#livesMs = livesMs;
  }

  getToken(): Promise<{ token: string; expiresOnTimestamp: number }> {
    const end = Math.ceil((Date.now() + this.#livesMs) / 1000);
    this.ends.push(end * 1000);
    return Promise.resolve({ token: `${part({ alg: 'none' })}.${part({ exp: end })}.`, expiresOnTimestamp: end * 1000 - 1000 + RENEWED_BEFORE_MS });
  }
}

const usualAuthorities = getCACertificates('default');
let test: TestBus;
/** Opened before everything else, because they take their time. */
let whenDropped: Promise<number[]>;

beforeAll(async () => {
  test = await startTestBus(topologyOf([{ Name: 'orders' }]));
  // In a process of its own NODE_EXTRA_CA_CERTS does this.
  setDefaultCACertificates([...usualAuthorities, test.bus.certificate]);
  const opened = Date.now();
  const { port } = test.bus;
  const silent = connect(port, 'localhost');
  const halfShaken = connect(port, 'localhost', () => void halfShaken.write(Buffer.of(0x16)));
  const shaken = connectSecurely({ port, host: 'localhost' });
  const halfGreeted = connectSecurely({ port, host: 'localhost' }, () => void halfGreeted.write('AM'));
  whenDropped = Promise.all([silent, halfShaken, shaken, halfGreeted].map((socket) => {
    socket.resume();
    return new Promise<number>((resolve, reject) => { socket.on('error', reject).on('close', () => resolve(Date.now() - opened)); });
  }));
});
afterAll(async () => {
  setDefaultCACertificates(usualAuthorities);
  await test[Symbol.asyncDispose]();
});

describe('a client with a token credential', () => {
  it('connects by TLS, sends and receives, and goes on when its tokens end', async () => {
    // given
    const credential = new ShortLived(3000);
    const client = new ServiceBusClient(`localhost:${test.bus.port}`, credential, { retryOptions: { maxRetries: 0, timeoutInMs: 10_000 } });
    const sender = client.createSender('orders');
    const received: unknown[] = [];
    const errors: Error[] = [];
    const receiver = client.createReceiver('orders');
    receiver.subscribe({
      processMessage: ({ body }: ServiceBusReceivedMessage) => Promise.resolve(void received.push(body)),
      processError: ({ error }) => Promise.resolve(void errors.push(error)),
    });

    // when
    const sent: number[] = [];
    await sender.sendMessages({ body: 0 });
    sent.push(0);
    const [firstEnd = 0] = credential.ends;
    while (Date.now() < firstEnd + 4000) {
      await sleep(200);
      await sender.sendMessages({ body: sent.length });
      sent.push(sent.length);
    }

    // then
    await eventually(() => { expect(received).toEqual(sent); });
    expect(errors).toEqual([]);
    expect(credential.ends.at(-1)).toBeGreaterThan(firstEnd + 2000);
    await receiver.close();
    await sender.close();
    await client.close();
  }, 60_000);

  it('may name another address than the namespace of its tokens', async () => {
    const client = new ServiceBusClient('shop.servicebus.windows.net', new ShortLived(60_000), { customEndpointAddress: `sb://localhost:${test.bus.port}`, retryOptions: { maxRetries: 0, timeoutInMs: 10_000 } });
    await client.createSender('orders').sendMessages({ body: 'elsewhere' });
    const [message] = await client.createReceiver('orders', { receiveMode: 'receiveAndDelete' }).receiveMessages(1);
    expect(message?.body).toBe('elsewhere');
    await client.close();
  }, 30_000);

  it('administers entities over HTTPS on the same port', async () => {
    const options: ServiceBusAdministrationClientOptions & { agent: Agent } = { agent: new Agent({ ca: test.bus.certificate }), retryOptions: { maxRetries: 0 } };
    const { maxDeliveryCount } = await new ServiceBusAdministrationClient(`localhost:${test.bus.port}`, new ShortLived(60_000), options).getQueue('orders');
    expect(maxDeliveryCount).toBe(10);
  }, 30_000);

  it('is turned away by its own TLS when it does not trust the certificate', async () => {
    setDefaultCACertificates(usualAuthorities);
    const client = new ServiceBusClient(`localhost:${test.bus.port}`, new ShortLived(60_000), { retryOptions: { maxRetries: 0, timeoutInMs: 10_000 } });
    await expect(client.createSender('orders').sendMessages({ body: 1 })).rejects.toThrow(/certificate/);
    await client.close();
    setDefaultCACertificates([...usualAuthorities, test.bus.certificate]);
  }, 30_000);
});

describe('the stand-in', () => {
  it('shows the same certificate after a restart', async () => {
    const directory = temporaryDirectory();
    const certificates: string[] = [];
    for (let start = 0; start < 2; start += 1) {
      await using bus = await startServiceBus({ directory: directory.path, topology: topologyOf([]) });
      certificates.push(bus.certificate);
    }
    directory.remove();
    expect(certificates[1]).toBe(certificates[0]);
  });

  it('drops what only looks like TLS and serves others', async () => {
    const socket = connect(test.bus.port, 'localhost', () => socket.write(Buffer.from('16030100ffdeadbeef'.padEnd(600, '0'), 'hex')));
    socket.on('error', () => undefined);
    socket.resume();
    await new Promise((resolve) => { socket.on('close', resolve); });
    await test.client.createSender('orders').sendMessages({ body: 'plain' });
    const [message] = await test.client.createReceiver('orders', { receiveMode: 'receiveAndDelete' }).receiveMessages(1);
    expect(message?.body).toBe('plain');
  }, 30_000);

  it('drops a connection that does not get on, with TLS as without', async () => {
    const afterMs = await whenDropped;
    expect(afterMs).toHaveLength(4);
    expect(Math.min(...afterMs)).toBeGreaterThan(limits.handshakeMs * 0.9);
  }, 60_000);
});
