import { DependencyUnavailable } from '@checkout/resilience';
import { patiently } from './patiently.ts';

const out = new DependencyUnavailable('operations/work', 1);

it('waits an outage out instead of giving the message back', async () => {
  let attempts = 0;

  await patiently(() => (++attempts < 3 ? Promise.reject(out) : Promise.resolve()), { pauseMs: 1 });

  expect(attempts).toBe(3);
});

it('gives the message back when the outage is longer than a function may run, and a defect at once', async () => {
  await expect(patiently(() => Promise.reject(out), { forMs: 5, pauseMs: 1 })).rejects.toBe(out);
  let attempts = 0;
  await expect(patiently(() => Promise.reject(new RangeError(`${++attempts}`)), { pauseMs: 1 })).rejects.toThrow('1');
  expect(attempts).toBe(1);
});
