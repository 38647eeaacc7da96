import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startTestBus, type TestBus, topologyOf } from './testing/bus.ts';

const root = join(import.meta.dirname, '../../../..');
const script = ['--conditions=@checkout/source', '--import', join(root, 'tools/swc-hook.mjs'), join(import.meta.dirname, 'cli.ts')];

let test: TestBus;
beforeAll(async () => {
  test = await startTestBus(topologyOf([{ Name: 'orders' }, { Name: 'grouped', Properties: { RequiresSession: true } }], [{ Name: 'news/local', Subscriptions: [{ Name: 'all' }] }]));
});
afterAll(() => test[Symbol.asyncDispose]());

const environment = (): NodeJS.ProcessEnv => ({ ...process.env, SERVICEBUS_CONNECTION_STRING: test.bus.connectionString });

async function bus(...words: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [...script, ...words], { cwd: root, env: environment() });
  return stdout;
}

describe('the command', () => {
  it('sends, lists, peeks and purges', async () => {
    expect(await bus('send', 'news/local', '{"total":12}', 'subject=sold', 'tenant=acme', 'level=3')).toBe('sent to news/local\n');
    expect(await bus('ls')).toMatch(/news\/local +· +· +· +· +·\n {2}all +1 /);
    expect(await bus('peek', 'news/local/all')).toMatch(/^#1 .*subject=sold\n +tenant=acme {2}level=3\n +\{"total":12\}\n$/);
    expect(await bus('purge', 'news/local/all')).toBe('purged 1 from news/local/all\n');
    expect(await bus('peek', 'news/local/all')).toBe('(no messages)\n');
  }, 20_000);

  it('purges sessions and dead letters', async () => {
    await test.client.createSender('grouped').sendMessages(['a', 'b'].map((sessionId) => ({ body: 1, sessionId })));
    await test.client.createSender('orders').sendMessages({ body: 1 });
    const receiver = test.client.createReceiver('orders');
    const [message] = await receiver.receiveMessages(1);
    if (message) await receiver.deadLetterMessage(message, { deadLetterReason: 'why', deadLetterErrorDescription: 'because' });
    expect(await bus('peek', 'orders/$dlq')).toMatch(/dead: why/);
    expect(await bus('purge', 'orders/$dlq')).toMatch(/purged 1/);
    expect(await bus('purge', 'grouped')).toMatch(/purged 2/);
  }, 20_000);

  it('tails', async () => {
    const child = spawn(process.execPath, [...script, 'tail', 'orders'], { cwd: root, env: environment(), stdio: ['ignore', 'pipe', 'inherit'] });
    await test.client.createSender('orders').sendMessages({ body: 'seen at once' });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    expect(line.toString()).toContain('seen at once');
    child.kill();
    await once(child, 'exit');
  }, 20_000);

  it('says what is wrong', async () => {
    await expect(bus('peek', 'nowhere')).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining("There is no 'nowhere'") as unknown });
    await expect(bus('dance')).rejects.toMatchObject({ code: 2 });
  }, 20_000);
});
