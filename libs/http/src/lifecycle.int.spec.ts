import { connect } from 'node:net';
import { Public } from '@checkout/auth';
import { createLogger, Health } from '@checkout/observability';
import { BulkheadFull, DeadlineExceeded, DependencyUnavailable } from '@checkout/resilience';
import { Controller, Get, Module, Post, Sse } from '@nestjs/common';
import { interval, map, take } from 'rxjs';
import { createHttpApp, translate, type HttpApp } from './index.ts';

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

@Controller()
class Slow {
  @Get('slow')
  @Public()
  async slow() {
    await wait(150);
    return { done: true };
  }

  @Post('late')
  @Public()
  async late() {
    await wait(1_600);
    return { done: true };
  }

  @Sse('events')
  @Public()
  events() {
    return interval(100).pipe(take(16), map((n) => ({ data: `event ${n}` })));
  }

  @Post('stuck')
  @Public()
  stuck() {
    return new Promise(() => undefined);
  }
}

@Module({ controllers: [Slow] })
class SlowModule {}

let app: HttpApp;
let base: string;
let health: Health;
let logged: string[];

beforeEach(async () => {
  health = new Health('slow');
  logged = [];
  const logger = createLogger({ service: 'slow', level: 'warn', destination: { write: (line: string) => void logged.push(line) } });
  app = await createHttpApp(SlowModule, { logger, health, timeouts: { requestMs: 300, handlerMs: 1_000 } });
  base = `http://127.0.0.1:${await app.listen(0, '127.0.0.1')}`;
});
afterEach(() => app.close());

const rawly = (bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(base).port), '127.0.0.1', () => void socket.write(bytes));
    let answer = '';
    socket.on('data', (chunk) => void (answer += chunk.toString())).on('close', () => resolve(answer)).on('error', reject);
  });

it('X011 gives up on a body that does not come', async () => {
  const answer = await rawly('POST /stuck HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{');
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(answer).toContain('"outcome":"not_accepted"');
});

it('X016 gives up on headers that trickle in', async () => {
  expect(await rawly('GET /slow HTTP/1.1\r\nhost: x\r\n')).toMatch(/^HTTP\/1\.1 408 /);
});

it('says that it does not know when an answer takes too long', async () => {
  const response = await fetch(`${base}/stuck`, { method: 'POST' });
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ code: 'accept-unknown', outcome: 'unknown', moneyMoved: 'unknown', retryable: true });
});

it('drops what a handler answers after its time', async () => {
  expect((await fetch(`${base}/late`, { method: 'POST' })).status).toBe(503);
  await wait(700);
  expect((await fetch(`${base}/slow`)).status).toBe(200);
  expect(logged).toEqual([]);
});

it('lets a stream of events outlive the limit for an answer', async () => {
  const response = await fetch(`${base}/events`);
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  expect(response.headers.get('x-trace-id')).toHaveLength(32);
  expect(await response.text()).toContain('event 15');
});

it('finishes what it began before it closes, and asks for no more on that connection', async () => {
  const running = fetch(`${base}/slow`);
  await wait(50);
  const closing = app.close();
  const response = await running;
  expect(await response.json()).toEqual({ done: true });
  await closing;
  expect((await health.report('ready')).status).toBe('failing');
  await expect(fetch(`${base}/slow`)).rejects.toThrow('fetch failed');
});

it('asks clients to go elsewhere while it drains', async () => {
  health.drain();
  expect((await fetch(`${base}/slow`)).headers.get('connection')).toBe('close');
});

it.each([
  ['an outage', new DependencyUnavailable('sql', 1_500), { code: 'dependency-unavailable', status: 503, retryAfterMs: expect.closeTo(1_875, -3), outcome: 'not_accepted' }],
  ['a full bulkhead', new BulkheadFull('sql', 1_500), { code: 'overloaded', status: 503, retryAfterMs: expect.closeTo(1_875, -3), outcome: 'not_accepted' }],
  ['a time-out', new DeadlineExceeded(500), { code: 'accept-unknown', status: 503, outcome: 'unknown', moneyMoved: 'unknown' }],
])('knows %s when it sees one', (_, error, document) => {
  expect(translate(error).document('/', 't')).toMatchObject(document);
});
