import { faultOf, patched, type PatchRule } from './patch-rule.ts';

const body = { tenantId: 'acme', saleId: 's-1', totalMinor: 250, currency: 'GBP', note: 'x', lines: [{ sku: 'TEA', quantity: 1, name: 'Té' }] };

describe('a patch rule', () => {
  it('mends what it names and leaves the original as it was', () => {
    const rule: PatchRule = [{ op: 'replace', path: '/lines/0/name', value: 'Tea' }, { op: 'remove', path: '/note' }];

    expect([faultOf(rule), patched(body, rule)]).toEqual([undefined, { body: { ...body, note: undefined, lines: [{ sku: 'TEA', quantity: 1, name: 'Tea' }] } }]);
    expect(body.note).toBe('x');
  });

  it.each<[string, PatchRule, string]>([
    ['the tenant', [{ op: 'replace', path: '/tenantId', value: 'other' }], 'touches tenantId'],
    ['an amount', [{ op: 'replace', path: '/totalMinor', value: 1 }], 'touches totalMinor'],
    ['an amount inside a new parent', [{ op: 'replace', path: '/lines', value: [{ sku: 'TEA', quantity: 9 }] }], 'locked field inside'],
    ['an id by moving it away', [{ op: 'move', from: '/saleId', path: '/note' }], 'touches saleId'],
    ['everything at once', [{ op: 'replace', path: '', value: {} }], 'the whole body'],
    ['nothing', [], 'no operation'],
  ])('may not touch %s', (_, rule, because) => {
    expect(faultOf(rule)).toContain(because);
  });

  it('is refused for a message whose locked fields it would take along with their parent', () => {
    expect(patched(body, [{ op: 'remove', path: '/lines/0' }])).toEqual({ because: 'The rule would change a locked field of this message.' });
  });

  it('is refused for a message that it does not fit', () => {
    expect(patched({ ...body, note: 'y' }, [{ op: 'test', path: '/note', value: 'x' }, { op: 'remove', path: '/note' }])).toEqual({ because: expect.any(String) as string });
  });
});
