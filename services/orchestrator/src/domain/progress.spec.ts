import { seconds } from '@checkout/kernel';
import { progressOf, reachedBy, together, type Progress } from './progress.ts';

const outageAt = Date.parse('2026-01-05T04:30:00.000Z');
const backAt = outageAt + seconds(3_600);

const answered = (askedAt: number, answeredAt: number): Progress => progressOf({ participant: 'payment', partition: 'p3', askedAt, answeredAt });

it('has come to the latest request that was answered, in whatever order answers come', () => {
  const progress = [100, 300, 200].map((askedAt) => answered(askedAt, 400)).reduce(together);
  expect(reachedBy(progress, 400)).toBe(300);
});

it('has not come past its backlog because it takes new sales first', () => {
  const newSale = answered(backAt + 100, backAt + 150);
  const oldSale = answered(outageAt, backAt + 200);

  expect(reachedBy([newSale, oldSale].reduce(together), backAt + 300)).toBe(outageAt);
  expect(reachedBy([oldSale, newSale].reduce(together), backAt + 300)).toBe(outageAt);
});

it('moves on in its backlog with each old sale that is answered', () => {
  const progress = [answered(backAt + 100, backAt + 150), answered(outageAt, backAt + 200), answered(outageAt + seconds(60), backAt + 15_000)].reduce(together);
  expect(reachedBy(progress, backAt + 16_000)).toBe(outageAt + seconds(60));
});

it('is through its backlog when it has answered nothing old for a minute', () => {
  const progress = together(answered(outageAt, backAt), answered(backAt + seconds(59), backAt + seconds(59)));
  expect(reachedBy(progress, backAt + seconds(59))).toBe(outageAt);
  expect(reachedBy(progress, backAt + seconds(60))).toBe(backAt + seconds(59));
});
