import { breakerTimes } from './figures.ts';
import type { Executed } from './nemesis.ts';
import type { Fault } from './plan/plan.ts';

const outage: Fault = { id: 'f1', after: 0, kind: 'sql-outage', database: 'payment', outage: 'failover', forMs: 4_000 };
const during = (fault: Fault, startedAt: number, endedAt: number): Executed => ({ fault, startedAt, endedAt, fired: true });
const told = (at: number, state: string) => ({ at, service: 'payment', dependency: 'payment/work', state });

/** Open 200 ms after the outage began at 1 s, ramping 3 s after it ended at 5 s. */
const breaker = [told(1_200, 'open'), told(8_000, 'ramping'), told(18_000, 'closed')];

describe('the times of a breaker', () => {
  it('run from the outage to the first refusal, and from healing to the first call that is let through', () => {
    expect(breakerTimes([during(outage, 1_000, 5_000)], breaker)).toEqual([{ database: 'payment', outage: 'failover', toOpenMs: 200, toCloseMs: 3_000 }]);
  });

  it.each<readonly [string, Fault, number, number]>([
    ['its database went again', { ...outage, id: 'f2' }, 6_000, 7_000],
    ['its service was killed', { id: 'f2', after: 0, kind: 'kill', programs: ['cart', 'payment'], forMs: 500 }, 4_800, 5_300],
    ['the server of the databases stood still', { id: 'f2', after: 0, kind: 'pause', program: 'sql', forMs: 1_000 }, 7_500, 8_500],
  ])('tell nothing of closing when %s before it closed', (_, fault, startedAt, endedAt) => {
    expect(breakerTimes([during(outage, 1_000, 5_000), during(fault, startedAt, endedAt)], breaker)[0]).toEqual({ database: 'payment', outage: 'failover', toOpenMs: 200 });
  });

  it.each<readonly [string, Fault, number, number]>([
    ['of another service', { id: 'f2', after: 0, kind: 'kill', programs: ['cart'], forMs: 500 }, 6_000, 7_000],
    ['of a statement', { id: 'f2', after: 0, kind: 'sql-strike', database: 'payment', strike: 'deadlock', nth: 1, times: 1 }, 6_000, 7_000],
    ['after it had closed', { ...outage, id: 'f2' }, 8_100, 9_000],
  ])('stand beside a fault %s', (_, fault, startedAt, endedAt) => {
    expect(breakerTimes([during(outage, 1_000, 5_000), during(fault, startedAt, endedAt)], breaker)[0]).toMatchObject({ toCloseMs: 3_000 });
  });
});
