import type { Language } from '@checkout/contracts';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Followed } from '../application/follow-checkout.ts';
import { statusOf } from '../domain/checkout-status.ts';

/** Sends a followed checkout as server-sent events. Resolves when the stream has ended or the reader has gone. */
export async function sendEvents(reply: FastifyReply, follow: (gone: AbortSignal) => AsyncIterable<Followed>, language: Language): Promise<void> {
  const leaving = new AbortController();
  // Taken from Fastify: its handler timeout is for answers, and this one may well take minutes.
  void reply.hijack();
  reply.raw.once('close', () => leaving.abort());
  reply.raw.writeHead(200, { ...headersOf(reply), 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
  reply.raw.flushHeaders();
  try {
    await pipeline(Readable.from(textOf(follow(leaving.signal), language)), reply.raw);
  } catch (error) {
    // A reader may hang up at any moment. Anything else is ours.
    if (!leaving.signal.aborted) throw error;
  }
}

async function* textOf(followed: AsyncIterable<Followed>, language: Language): AsyncGenerator<string> {
  for await (const each of followed) {
    switch (each.kind) {
      case 'relayed':
        yield each.event;
        break;
      case 'alive':
        yield ': alive\n\n';
        break;
      case 'meanwhile':
      case 'last':
        yield `event: status\ndata: ${JSON.stringify(statusOf(each.checkout, language))}\n\n`;
    }
  }
}

/** What hooks have put on the reply, for a response that no longer goes through it. */
const headersOf = (reply: FastifyReply): Record<string, string> =>
  Object.fromEntries(Object.entries(reply.getHeaders()).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])));
