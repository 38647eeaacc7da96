import { documentedQueries, unknownIn } from './known-query.ts';

describe('what a route is asked in its query', () => {
  it('is known from its documentation', () => {
    const known = documentedQueries({ paths: { '/v1/receipts/{saleId}': { get: { parameters: [{ in: 'path', name: 'saleId' }, { in: 'query', name: 'format' }] } }, '/v1/carts': { post: {} } } });
    expect([...(known.get('GET /v1/receipts/:saleId') ?? [])]).toEqual(['format']);
    expect([...(known.get('POST /v1/carts') ?? ['?'])]).toEqual([]);
    expect(known.get('GET /health/live')).toBeUndefined();
  });

  it.each([
    ['/v1/receipts/1', []],
    ['/v1/receipts/1?', []],
    ['/v1/receipts/1?format=text', []],
    ['/v1/receipts/1?fromat=text', ['fromat']],
    ['/v1/receipts/1?format=text&format=pdf', ['format']],
    ['/v1/receipts/1?format[]=text', ['format[]']],
    ['/v1/receipts/1?__proto__[x]=1', ['__proto__[x]']],
    ['/v1/receipts/1?form%61t=text', []],
    ['/v1/receipts/1?format=a?b=c', []],
    ['/v1/receipts/1?%zz=1', ['%zz']],
  ])('of %s is not known: %j', (url, unknown) => {
    expect(unknownIn(url, new Set(['format']))).toEqual(unknown);
  });
});
