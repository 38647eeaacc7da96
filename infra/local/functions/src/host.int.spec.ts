import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import { startServiceBus, type ServiceBus } from '@checkout/local-service-bus';

const root = join(import.meta.dirname, '../../../..');
const app = join(import.meta.dirname, 'testing/app');

describe('a function app on this machine', () => {
  let directory: string;
  let bus: ServiceBus;
  let client: ServiceBusClient;
  let host: Host;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'functions-host-'));
    const subscription = (name: string, RequiresSession: boolean) => ({ Name: name, Properties: { RequiresSession, LockDuration: 'PT1M', MaxDeliveryCount: 10 } });
    bus = await startServiceBus({
      port: 0, directory,
      topology: { UserConfig: { Namespaces: [{ Name: 'shop', Topics: [{ Name: 'orders', Subscriptions: [subscription('third-time', false), subscription('in-order', true)] }] }] } },
    });
    client = new ServiceBusClient(bus.connectionString);
    host = await Host.start({ APP_DIR: app, TICK_SCHEDULE: '* * * * * *', BUS: bus.connectionString });
  });

  afterAll(async () => {
    await host.stop();
    await client.close();
    await bus.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('answers a request with what its function returns', async () => {
    const answer = await fetch(host.url('people/Ann%20Lee/greetings/warm?loud=yes'), { method: 'POST', body: '{"text":"hello"}', headers: { 'x-by': 'me', 'content-type': 'application/json' } });

    expect([answer.status, answer.headers.get('x-function'), await answer.json()])
      .toEqual([201, 'greet', { name: 'Ann Lee', tone: 'warm', loud: 'yes', said: { text: 'hello' }, by: 'me' }]);
  });

  it('takes a literal route before one with a parameter, and an optional part may be missing', async () => {
    const everybody = await fetch(host.url('people/everybody/greetings'), { method: 'POST', body: '{}' });
    const someone = await fetch(host.url('people/someone/greetings'), { method: 'POST', body: '{}' });

    expect([await everybody.json(), await someone.json()]).toEqual([{ name: 'everybody' }, expect.objectContaining({ name: 'someone', tone: null })]);
  });

  it.each([
    ['a path that no function has', 'GET', 'nothing', 404],
    ['a method that the function has not', 'DELETE', 'seen', 405],
    ['a function that throws', 'GET', 'fail', 500],
    ['a hook that throws before the function', 'GET', 'refuse', 500],
  ])('answers %s with %s %s -> %i', async (_, method, path, status) => {
    expect((await fetch(host.url(path), { method })).status).toBe(status);
  });

  it('refuses a body larger than it holds in memory', async () => {
    const answer = await fetch(host.url('people/a/greetings'), { method: 'POST', body: 'x'.repeat(2_000_001) });

    expect(answer.status).toBe(413);
  });

  it('calls a timer function by its schedule', async () => {
    await host.seen(({ tick }) => tick === false, 2);
  });

  it('delivers a message again until its function returns, and then no more', async () => {
    await client.createSender('orders').sendMessages({ messageId: 'order-1', sessionId: 'shop-1', body: { order: 1 }, applicationProperties: { tenant: 'acme' } });

    const deliveries = await host.seen(({ messageId }) => messageId === 'order-1', 3);
    expect(deliveries.map(({ deliveryCount }) => deliveryCount)).toEqual([1, 2, 3]);
    expect(deliveries[2]).toMatchObject({ message: { order: 1 }, applicationProperties: { tenant: 'acme' } });
    const left = await client.createReceiver('orders', 'third-time').peekMessages(10);
    expect(left.filter(({ messageId }) => messageId === 'order-1')).toEqual([]);
  });

  it('delivers the messages of a session in their order', async () => {
    await client.createSender('orders').sendMessages([1, 2, 3].map((order) => ({ messageId: `s-${order}`, sessionId: 'shop-2', body: { order } })));

    const inOrder = await host.seen(({ session }) => session === 'shop-2', 3);
    expect(inOrder.map(({ inOrder: body }) => body)).toEqual([{ order: 1 }, { order: 2 }, { order: 3 }]);
  });

  it('does not start without a setting that a binding names', async () => {
    await expect(Host.start({ APP_DIR: app, TICK_SCHEDULE: '* * * * * *' })).rejects.toThrow('The app setting BUS (or BUS__fullyQualifiedNamespace) is needed');
  });
});

type Seen = Readonly<Record<string, unknown>>;

class Host {
  readonly #child: ChildProcess;
  readonly #port: number;

  /** @throws Error with what the process wrote when it ends instead of listening */
  static async start(settings: Readonly<Record<string, string>>): Promise<Host> {
    const child = spawn(process.execPath, [
      '--conditions=@checkout/source', '--disable-warning=ExperimentalWarning', '--import', join(root, 'tools/swc-hook.mjs'), join(import.meta.dirname, 'main.ts'),
    ], { env: { PATH: process.env['PATH'], PORT: '0', ...settings }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const listening = new Promise<number>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        const port = /"listening","port":(\d+)/.exec(output)?.[1];
        if (port !== undefined) resolve(Number(port));
      });
    });
    child.stderr.on('data', (chunk: Buffer) => { output += chunk.toString(); });
    const ended = once(child, 'close').then(() => { throw new Error(output); });
    return new Host(child, await Promise.race([listening, ended]));
  }

  constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.#port = port;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.#port}/v1/${path}`;
  }

  /** Waits until so many things have been seen. */
  async seen(isWanted: (each: Seen) => boolean, count: number): Promise<Seen[]> {
    for (const until = Date.now() + 20_000; Date.now() < until;) {
      const wanted = ((await (await fetch(this.url('seen'))).json()) as Seen[]).filter(isWanted);
      if (wanted.length >= count) return wanted;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`not seen ${count} times`);
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    await ended;
  }
}
