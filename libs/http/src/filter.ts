import { languageOf } from '@checkout/contracts';
import { counter, traceIdOf, type Logger } from '@checkout/observability';
import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemMediaType } from './problem.ts';
import { isDefect, translate } from './translate.ts';
import './request.ts';

const problems = counter('http_problems_total', 'Requests answered with a problem document', ['code']);

/** The one place where an error becomes an answer, for Nest's routes and for what Fastify refuses before them. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const problem = translate(error);
    const traceId = traceIdOf(request.traceparent);
    problems.inc({ code: problem.code });
    if (isDefect(problem)) this.#logger.error({ err: error, traceId, tenantId: request.principal?.tenantId, method: request.method, route: request.routeOptions.url }, 'request failed');
    // A stream that broke half-way cannot be given another status any more.
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    const language = languageOf(request.headers['accept-language']);
    void reply.headers({ 'content-language': language, vary: 'accept-language' });
    if (problem.retryAfterMs !== undefined) void reply.header('retry-after', String(Math.max(1, Math.ceil(problem.retryAfterMs / 1000))));
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
    // Whoever announced more than we accept would otherwise keep sending it.
    if (problem.status === 413 || problem.status === 408) void reply.header('connection', 'close');
    void reply.status(problem.status).type(problemMediaType).serializer(JSON.stringify).send(problem.document(pathOf(request.url), traceId, { language, reference: request.reference ?? undefined }));
  }
}

/** Without the query, which may carry what does not belong into a log or an answer. */
const pathOf = (url: string): string => (url.split('?', 1)[0] ?? '').slice(0, 200);
