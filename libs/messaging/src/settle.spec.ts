import { DependencyUnavailable } from '@checkout/resilience';
import { CommitUnknown } from '@checkout/sql';
import { InvalidMessage } from './invalid-message.ts';
import { defectPauseMs, settlementOf } from './settle.ts';

const failed = (error: unknown) => settlementOf({ ok: false, error });

describe('the error policy', () => {
  it('completes what was handled, refusals included', () => {
    expect(settlementOf({ ok: true, answer: undefined })).toEqual({ settle: 'complete' });
  });

  it('dead-letters an invalid message at once, with its code', () => {
    expect(failed(new InvalidMessage('tenant-missing', 'The tenant is missing.'))).toMatchObject({ settle: 'dead-letter', reason: 'tenant-missing', description: 'The tenant is missing.' });
  });

  it.each([new DependencyUnavailable('inventory/work', 1_000), new CommitUnknown('inventory/work')])('gives a message back in an outage, without spending a delivery: %p', (error) => {
    expect(failed(error)).toMatchObject({ settle: 'release' });
  });

  it('Q39 gives a defect more than a minute until the bus dead-letters it', () => {
    const pauses = Array.from({ length: 20 }, (_, deliveryCount) => defectPauseMs(deliveryCount));
    expect(pauses.slice(0, 3)).toEqual([50, 100, 200]);
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeGreaterThan(60_000);
    expect(Math.max(...pauses)).toBe(5_000);
  });

  it('X142 keeps a defect no longer for a delivery count that is beyond all counting', () => {
    expect([4_294_967_295, Number.MAX_SAFE_INTEGER].map(defectPauseMs)).toEqual([5_000, 5_000]);
  });

  it('abandons on a defect, so that the bus tries again and dead-letters in the end', () => {
    expect(failed(new TypeError('x is not a function'))).toMatchObject({ settle: 'abandon' });
  });
});
