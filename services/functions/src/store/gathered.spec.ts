import { gathered } from './gathered.ts';

it('serves the first at once, and who comes meanwhile together', async () => {
  const turns: (readonly number[])[] = [];
  const told = gathered(async (all: readonly number[]) => {
    turns.push(all);
    await Promise.resolve();
  });

  await Promise.all([1, 2, 3, 4].map(told));
  await told(5);

  expect(turns).toEqual([[1], [2, 3, 4], [5]]);
});

it('tells a failure to those it was done with, and goes on for the others', async () => {
  const told = gathered((all: readonly string[]) => (all.includes('bad') ? Promise.reject(new Error('as planned')) : Promise.resolve()));

  const answers = await Promise.allSettled(['first', 'bad', 'beside it'].map(told));

  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  await expect(told('later')).resolves.toBeUndefined();
});
