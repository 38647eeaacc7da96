import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Answers with server-sent events, each text as it stands. Resolves when they have ended or the reader has gone, which aborts `gone`.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function sendEvents(reply: FastifyReply, follow: (gone: AbortSignal) => AsyncIterable<string>): Promise<void> {
  const leaving = new AbortController();
  // Taken from Fastify: its handler timeout is for answers, and this one may well take minutes.
  void reply.hijack();
  reply.raw.once('close', () => leaving.abort());
  reply.raw.writeHead(200, { ...headersOf(reply), 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
  reply.raw.flushHeaders();
  try {
    await pipeline(Readable.from(follow(leaving.signal)), reply.raw);
  } catch (error) {
    // A reader may hang up at any moment. Anything else is ours.
    if (!leaving.signal.aborted) throw error;
  }
}

/** What hooks have put on the reply, for a response that no longer goes through it. */
const headersOf = (reply: FastifyReply): Record<string, string> =>
  Object.fromEntries(Object.entries(reply.getHeaders()).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])));
