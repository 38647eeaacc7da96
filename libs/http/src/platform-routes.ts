import { metricsContentType, metricsText, type Health, type Probe } from '@checkout/observability';
import type { FastifyInstance } from 'fastify';

const internal = { config: { internal: true }, logLevel: 'silent' } as const;

/** The routes that platforms and people look at, the same in every service and outside the guards. */
export function servePlatform(fastify: FastifyInstance, { health, metrics, openapi }: { readonly health: Health; readonly metrics: boolean; readonly openapi: object | undefined }): void {
  for (const probe of ['live', 'ready', 'started'] as const satisfies readonly Probe[]) {
    fastify.get(`/health/${probe}`, internal, async (_request, reply) => {
      const report = await health.report(probe);
      return reply.status(report.status === 'ok' ? 200 : 503).send(report);
    });
  }
  if (metrics) fastify.get('/metrics', internal, async (_request, reply) => reply.type(metricsContentType).send(await metricsText()));
  if (openapi) {
    const document = JSON.stringify(openapi);
    fastify.get('/openapi.json', internal, (_request, reply) => reply.type('application/json').send(document));
  }
}
