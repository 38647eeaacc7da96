import type { FastifyInstance } from 'fastify';
import { isAcceptable, offeredTypes } from './acceptable.ts';
import { hostFaultOf } from './host.ts';
import { documentedQueries, unknownIn } from './known-query.ts';
import { Problem } from './problem.ts';
import { pointerOf } from './field-errors.ts';

const mostErrors = 20;

/** What is looked at before anything else of a request: for whom it is, whether its caller can read the answer, and whether its query says only what the route knows. Before its route does anything. */
export function checkAtTheFront(fastify: FastifyInstance, { hosts, openapi }: { readonly hosts?: readonly string[] | undefined; readonly openapi?: object | undefined }): void {
  const ours = hosts && new Set(hosts.map((host) => host.toLowerCase()));
  const offered = offeredTypes(openapi);
  const queries = documentedQueries(openapi);
  fastify.addHook('onRequest', (request, _reply, done) => {
    const fault = hostFaultOf(request.raw, ours);
    if (fault !== undefined) return done(new Problem('host-invalid', { detail: fault }));
    const { accept } = request.headers;
    const types = accept === undefined || accept === '*/*' ? undefined : offered.get(`${request.method} ${request.routeOptions.url ?? ''}`);
    if (types && !isAcceptable(accept, types)) return done(new Problem('not-acceptable', { detail: `This address answers with ${types.join(' or ')}.` }));
    const known = request.url.includes('?') ? queries.get(`${request.method} ${request.routeOptions.url ?? ''}`) : undefined;
    const unknown = known ? unknownIn(request.url, known) : [];
    if (unknown.length === 0) return done();
    const errors = unknown.slice(0, mostErrors).map((name) => ({ pointer: pointerOf([name]), code: 'unknown-field' as const, detail: 'This parameter of the query is not known, or is there twice.' }));
    return done(new Problem('unknown-field', { errors }));
  });
}
