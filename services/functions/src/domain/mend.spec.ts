import { mended } from './mend.ts';

const type = 'inventory.commit-stock.v1';
const body = { tenantId: 'acme', storeId: 's1', saleId: '01890000-0000-7000-8000-000000000001', lines: [{ sku: 'TEA-01', quantity: 1 }] };

describe('mending a message', () => {
  it('gives a body that its contract takes', () => {
    expect(mended({ type, body }, [{ op: 'replace', path: '/lines/0/sku', value: 'TEA-02' }])).toEqual({ body: { ...body, lines: [{ sku: 'TEA-02', quantity: 1 }] } });
  });

  it.each([
    ['has a member that the contract does not know', type, body, '/note', 'x', 'no inventory.commit-stock.v1'],
    ['is of a type that nobody declares', 'inventory.never-heard-of.v9', body, '/note', 'x', 'No contract declares'],
    ['was never JSON', type, { $text: '{' }, '/note', 'x', 'no inventory.commit-stock.v1'],
  ])('is refused when it %s', (_, of, from, path, value, because) => {
    expect(mended({ type: of, body: from }, [{ op: 'add', path, value }])).toEqual({ because: expect.stringContaining(because) as string });
  });

  it('is refused when the bus would not take it', () => {
    const rule = [{ op: 'replace' as const, path: '/lines/0/sku', value: 'a-longer-name-of-tea' }];
    const bytes = Buffer.byteLength(JSON.stringify(body)) + 'a-longer-name-of-tea'.length - 'TEA-01'.length;

    expect(mended({ type, body }, rule, bytes - 1)).toEqual({ because: expect.stringContaining(`has ${bytes} bytes`) as string });
    expect(mended({ type, body }, rule, bytes)).toHaveProperty('body');
  });
});
