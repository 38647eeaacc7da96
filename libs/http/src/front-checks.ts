import type { FastifyInstance } from 'fastify';
import { isAcceptable, offeredTypes } from './acceptable.ts';
import { hostFaultOf } from './host.ts';
import { Problem } from './problem.ts';

/** What is looked at before anything else of a request: for whom it is, and whether its caller can read the answer. Before its route does anything. */
export function checkAtTheFront(fastify: FastifyInstance, { hosts, openapi }: { readonly hosts?: readonly string[] | undefined; readonly openapi?: object | undefined }): void {
  const ours = hosts && new Set(hosts.map((host) => host.toLowerCase()));
  const offered = offeredTypes(openapi);
  fastify.addHook('onRequest', (request, _reply, done) => {
    const fault = hostFaultOf(request.raw, ours);
    if (fault !== undefined) return done(new Problem('host-invalid', { detail: fault }));
    const { accept } = request.headers;
    const types = accept === undefined || accept === '*/*' ? undefined : offered.get(`${request.method} ${request.routeOptions.url ?? ''}`);
    return types && !isAcceptable(accept, types) ? done(new Problem('not-acceptable', { detail: `This address answers with ${types.join(' or ')}.` })) : done();
  });
}
