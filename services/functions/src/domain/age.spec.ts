import { ageOf } from './age.ts';

describe('the age of dead letters', () => {
  it.each([['2026-03-01T11:00:00Z', 'up to 1 h'], ['2026-03-01T10:59:59Z', 'up to 1 d'], ['2026-02-26T12:00:00Z', 'up to 7 d'], ['2025-12-24T12:00:00Z', 'older']])('of %s at noon is %s', (since, age) => {
    expect(ageOf(new Date(since), new Date('2026-03-01T12:00:00Z'))).toBe(age);
  });
});
