import { blame, DependencyUnavailable } from '@checkout/resilience';
import { failureProperties, ownFrameOf } from './failure.ts';

const now = new Date('2026-11-22T04:30:00.000Z');

describe('what is kept of a failure', () => {
  it('names the class, our first frame, when, and which version', () => {
    function decide(): never {
      throw new RangeError('4711 is too much');
    }
    let error: unknown;
    try {
      decide();
    } catch (thrown) {
      error = thrown;
    }

    expect(failureProperties(error, { service: 'inventory', firstFailedAt: undefined, now })).toEqual({
      'failure-class': 'RangeError',
      'failure-frame': 'decide (failure.spec)',
      'failure-version': 'inventory@source',
      'failure-first-at': now.toISOString(),
      'failure-last-at': now.toISOString(),
    });
  });

  it('keeps when it failed first', () => {
    expect(failureProperties(new Error('x'), { service: 's', firstFailedAt: '2026-11-22T04:00:00.000Z', now })['failure-first-at']).toBe('2026-11-22T04:00:00.000Z');
  });

  it('names the dependency that was out, however deep the cause', () => {
    const error = new Error('outer', { cause: new Error('middle', { cause: new DependencyUnavailable('inventory/work', 100, { incidentId: 'i-1' }) }) });

    expect(failureProperties(error, { service: 's', firstFailedAt: undefined, now })).toMatchObject({ 'failure-dependency': 'inventory/work', 'failure-incident': 'i-1', 'failure-breaker': 'open' });
  });

  it('names the dependency that answered something nobody expected', () => {
    const error = new Error('outer', { cause: blame(new TypeError('lines is no JSON'), 'inventory/work') });

    const kept = failureProperties(error, { service: 's', firstFailedAt: undefined, now });

    expect([kept['failure-dependency'], kept['failure-breaker']]).toEqual(['inventory/work', undefined]);
  });

  it.each([
    ['source', 'Error: x\n    at decide (file:///somewhere/services/inventory/src/application/commit-stock.ts:12:3)', 'decide (commit-stock)'],
    ['an image', 'Error: x\n    at async decide (file:///app/dist/application/commit-stock.js:9:1)', 'decide (commit-stock)'],
    ['behind a library', 'Error: x\n    at parse (/app/node_modules/zod/index.js:1:1)\n    at read (file:///app/node_modules/@checkout/contracts/dist/contract.js:2:2)', 'read (contract)'],
    ['behind the machinery', 'Error: x\n    at decideAll (/a/libs/messaging/src/batch.ts:1:1)\n    at Object.decide (/a/services/cart/src/x.ts:2:2)', 'Object.decide (x)'],
    ['nowhere of ours', 'Error: x\n    at parse (/app/node_modules/zod/index.js:1:1)', undefined],
  ])('finds our frame in %s', (_, stack, frame) => {
    expect(ownFrameOf(Object.assign(new Error('x'), { stack }))).toBe(frame);
  });
});
