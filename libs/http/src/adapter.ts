import type { Code } from '@checkout/contracts';
import { newTraceparent, traceIdOf } from '@checkout/observability';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ProblemFilter } from './filter.ts';
import { Problem, problemMediaType } from './problem.ts';
import { RouteTable } from './routes.ts';
import './request.ts';

export interface Timeouts {
  /** For receiving a whole request. */
  readonly requestMs: number;
  /** For answering it; then 503 with outcome unknown. */
  readonly handlerMs: number;
  /** Longer than the load balancer keeps an idle connection, or it would send into one that we are closing. */
  readonly keepAliveMs: number;
}

export const bodyLimit = 256 * 1024;
const longestUrl = 8 * 1024;

/**
 * Fastify under Nest, with every refusal of either written by one filter.
 *
 * Nest would install its own error and not-found handlers, which turn what Fastify says into messages without a code.
 */
export class ProblemAdapter extends FastifyAdapter {
  readonly routes: RouteTable;
  readonly #filter: ProblemFilter;

  constructor(filter: ProblemFilter, timeouts: Timeouts) {
    super({
      skipMiddie: true,
      bodyLimit,
      exposeHeadRoutes: false,
      requestTimeout: timeouts.requestMs,
      keepAliveTimeout: timeouts.keepAliveMs,
      return503OnClosing: false,
      http: {
        headersTimeout: timeouts.requestMs,
        maxHeaderSize: 16 * 1024,
        // Node would answer without a code.
        requireHostHeader: false,
        // Node looks for requests that are late only this often, by default every 30 s.
        connectionsCheckingInterval: Math.min(timeouts.requestMs / 2, 2_000),
      },
      routerOptions: { maxParamLength: 200 },
      clientErrorHandler,
      frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
        // No hook has run for it.
        request.traceparent = newTraceparent();
        filter.answer(error, request, reply);
      },
    });
    this.#filter = filter;
    const fastify = this.getInstance<FastifyInstance>();
    this.routes = new RouteTable();
    fastify.addHook('onRoute', (route) => this.routes.add(route));
    fastify.server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => refuse(response.socket, 'expectation-failed'));
    fastify.setErrorHandler((error, request, reply) => filter.answer(error, request, reply));
    fastify.setNotFoundHandler((request, reply) => this.#notFound(request, reply));
  }

  /** Nest's handler is not installed; ours stays. */
  override setErrorHandler() {
    return this.getInstance();
  }

  /** Nest's handler is not installed; ours stays. */
  override setNotFoundHandler() {
    return this.getInstance();
  }

  #notFound(request: FastifyRequest, reply: FastifyReply): void {
    if (request.url.length > longestUrl) return this.#filter.answer(new Problem('uri-too-long'), request, reply);
    const methods = this.routes.methodsOf(request.url.split('?', 1)[0] ?? '');
    if (methods.length === 0) return this.#filter.answer(new Problem('not-found'), request, reply);
    void reply.header('allow', methods.join(', '));
    return this.#filter.answer(new Problem('method-not-allowed'), request, reply);
  }
}

/** Whether the limit for headers was used up before the first of them began. */
const isStillInFirstLine = (packet: unknown): boolean => Buffer.isBuffer(packet) && !packet.includes('\n');

/** What Node's HTTP parser refuses, before there is a request. https://nodejs.org/api/http.html#event-clienterror */
function clientErrorHandler(error: Error & { readonly code?: string; readonly rawPacket?: unknown }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const code: Code =
    error.code === 'HPE_HEADER_OVERFLOW' ? (isStillInFirstLine(error.rawPacket) ? 'uri-too-long' : 'headers-too-large') :
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request-timeout' :
    error.code === 'HPE_INVALID_HEADER_TOKEN' ? 'header-invalid' : 'protocol-error';
  refuse(socket, code);
}

/** An answer without a request, and the end of the connection. */
function refuse(socket: Socket | null, code: Code): void {
  const problem = new Problem(code);
  const body = JSON.stringify(problem.document('', traceIdOf(newTraceparent())));
  socket?.end(
    `HTTP/1.1 ${problem.status} ${code}\r\ncontent-type: ${problemMediaType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
