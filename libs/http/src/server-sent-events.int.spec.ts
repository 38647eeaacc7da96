import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Public } from '@checkout/auth';
import { createLogger, Health } from '@checkout/observability';
import { Controller, Get, Module, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { createHttpApp, sendEvents, type HttpApp } from './index.ts';

let gone: AbortSignal | undefined;
let ended: Promise<void> | undefined;

@Controller()
class Stories {
  @Get('short')
  @Public()
  short(@Res() reply: FastifyReply) {
    return sendEvents(reply, async function* () {
      yield 'data: once\n\n';
      // Longer than a handler may take.
      await sleep(600);
      yield 'data: upon a time\n\n';
    });
  }

  @Get('endless')
  @Public()
  endless(@Res() reply: FastifyReply) {
    ended = sendEvents(reply, async function* (signal) {
      gone = signal;
      for (;;) {
        yield ': alive\n\n';
        await sleep(20, undefined, { signal });
      }
    });
    return ended;
  }
}

@Module({ controllers: [Stories] })
class StoriesModule {}

let app: HttpApp;
let base: string;
let logged: string[];

beforeEach(async () => {
  logged = [];
  const logger = createLogger({ service: 'stories', level: 'warn', destination: { write: (line: string) => void logged.push(line) } });
  app = await createHttpApp(StoriesModule, { logger, health: new Health('stories'), timeouts: { requestMs: 300, handlerMs: 300 } });
  base = `http://127.0.0.1:${await app.listen(0, '127.0.0.1')}`;
});
afterEach(() => app.close());

it('sends each event as it stands, for longer than an answer may take, kept by no cache and held back by no proxy', async () => {
  const response = await fetch(`${base}/short`);

  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no', 'x-trace-id': expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  expect(await response.text()).toBe('data: once\n\ndata: upon a time\n\n');
  expect(logged).toEqual([]);
});

it('tells the follower that the reader has gone, and counts that as no error', async () => {
  const leaving = new AbortController();
  const response = await fetch(`${base}/endless`, { signal: leaving.signal });
  await response.body?.getReader().read();
  const left = gone && once(gone, 'abort');

  leaving.abort();

  await left;
  await expect(ended).resolves.toBeUndefined();
  expect(logged).toEqual([]);
});
