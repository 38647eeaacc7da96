import { compareRoutes, createHttpApp, createOpenApi, type HttpApp } from '@checkout/http';
import { createLogger, Health } from '@checkout/observability';
import { CartModule, type CartParts } from '../cart.module.ts';
import { api } from './api.ts';

let app: HttpApp;
beforeAll(async () => {
  app = await createHttpApp(CartModule.with({} as CartParts), { logger: createLogger({ service: 'cart', level: 'silent' }), health: new Health('cart'), openapi: createOpenApi(api) });
});
afterAll(() => app.close());

describe('the documentation of cart', () => {
  it('has every route that is served, and no other', () => {
    expect(compareRoutes(api.routes, app.routes())).toEqual({ undocumented: [], notServed: [] });
  });

  it('is served as OpenAPI 3.1, without a token', async () => {
    const answer = await app.fastify.inject({ method: 'GET', url: '/openapi.json' });
    expect(answer.json()).toMatchObject({ openapi: '3.1.1', paths: { '/v1/checkouts': { post: { 'x-permission': 'checkout:submit' } } } });
  });
});
