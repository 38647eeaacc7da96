import { queue, TestDesk } from '../testing/desk.ts';

describe('the index of dead letters', () => {
  let desk: TestDesk;
  beforeEach(async () => { desk = await TestDesk.start(); });
  afterEach(() => desk[Symbol.asyncDispose]());

  it('finds one group for each cause, with what is inside, and takes nothing from the queue', async () => {
    await desk.deadLetter(3);
    await desk.deadLetter(2, { reason: 'body-invalid', tenant: 'other' });

    const found = await desk.parts.index.findNew(Infinity);

    expect([found, await desk.parts.index.findNew(Infinity)]).toEqual([5, 0]);
    const groups = await desk.parts.groups.groups({ scope: 'all-tenants' });
    expect(groups.map(({ tenantId, waiting, facts, values, stores }) => [tenantId, waiting, facts.reason, facts.dependency, values, stores])).toEqual([
      ['acme', 3, 'stock-row-missing', 'inventory/work', [{ currency: 'GBP', minor: 300 }], [{ storeId: 's1', waiting: 3 }]],
      ['other', 2, 'body-invalid', 'inventory/work', [{ currency: 'GBP', minor: 200 }], [{ storeId: 's1', waiting: 2 }]],
    ]);
    expect((await desk.parts.groups.groups({ scope: { tenantId: 'other' } })).map(({ tenantId }) => tenantId)).toEqual(['other']);
    expect(await desk.parts.queues.peek(queue, 0n, 50)).toHaveLength(5);
    expect((await desk.parts.groups.letters('all-tenants', { text: 'sale-1' }, 10)).map(({ bodyText }) => bodyText)).toEqual([
      expect.stringMatching(/sale-1.*"token":"\*\*\*"/), expect.stringMatching(/sale-1.*"token":"\*\*\*"/),
    ]);
  });
});
