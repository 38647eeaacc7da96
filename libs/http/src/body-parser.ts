import type { FastifyInstance } from 'fastify';
import { bodyLimit } from './adapter.ts';
import { parseJsonBytes } from './json.ts';
import { Problem } from './problem.ts';
import { wantsRawBody } from './raw-body.ts';

const otherCharset = /;\s*charset\s*=\s*"?(?!utf-?8\b)/i;

/** JSON is the only body there is; Fastify answers 415 to everything without a parser. */
export function acceptJsonOnly(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer', bodyLimit }, (request, body: Buffer, done) => {
    try {
      const { 'content-encoding': encoding, 'content-type': type } = request.headers;
      if (encoding !== undefined && encoding !== 'identity') throw new Problem('encoding-unsupported');
      if (type !== undefined && type.length > 16 && otherCharset.test(type)) throw new Problem('media-type-unsupported');
      if (body.length === 0) throw new Problem('body-missing');
      done(null, wantsRawBody(request.routeOptions.config) ? body : parseJsonBytes(body));
    } catch (error) {
      done(error instanceof Error ? error : new Error('not parsed', { cause: error }));
    }
  });
}
