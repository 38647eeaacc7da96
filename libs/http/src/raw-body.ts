import { RouteConfig } from '@nestjs/platform-fastify';

/**
 * Gives a route the bytes of its body as they came, unparsed: for signed bodies, which are verified before anything reads them.
 * Size, encoding and media type are checked as everywhere.
 */
export const RawBody = (): MethodDecorator => RouteConfig({ isRaw: true });

export const wantsRawBody = (config: unknown): boolean => typeof config === 'object' && config !== null && 'isRaw' in config && config.isRaw === true;
