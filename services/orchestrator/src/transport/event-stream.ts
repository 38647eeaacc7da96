import type { FastifyReply } from 'fastify';

/** Proxies cut a connection that says nothing for a minute; some for half of one. */
const heartbeatMs = 15_000;

export interface StreamedEvent {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

/**
 * Answers a request with server-sent events until they end or the client is gone.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function streamEvents(reply: FastifyReply, events: AsyncIterable<StreamedEvent>): Promise<void> {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { ...reply.getHeaders(), 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' } as Record<string, string>);
  raw.flushHeaders();
  const heartbeat = setInterval(() => raw.write(': heartbeat\n\n'), heartbeatMs);
  try {
    for await (const { id, event, data } of events) {
      // JSON has no line breaks, so one data line is always enough.
      raw.write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    }
  } finally {
    clearInterval(heartbeat);
    raw.end();
  }
}

/** The `Last-Event-ID` header: where a client that was cut off wants to go on. Anything else than a whole number means from the start. */
export function lastEventIdOf(header: string | string[] | undefined): number {
  return typeof header === 'string' && /^\d{1,9}$/.test(header) ? Number(header) : 0;
}

/** Aborted when the client has gone. */
export function untilGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.on('close', () => gone.abort());
  return gone.signal;
}
