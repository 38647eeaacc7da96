import { afterWave, waveSize } from './ramp.ts';

describe('the ramp of a replay', () => {
  it('begins with one message and grows to five hundred at a time', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 99].map(waveSize)).toEqual([1, 2, 5, 20, 50, 100, 200, 500, 500, 500]);
  });

  it.each([
    ['the first message', 0, 1, 1],
    ['one of the two after it', 1, 1, 2],
    ['more than a fifth of a later wave', 3, 5, 20],
  ])('stops when %s failed again', (_, wave, failedInWave, sizeOfWave) => {
    expect(afterWave({ wave, failedInWave, sizeOfWave })).toMatchObject({ go: 'stop' });
  });

  it.each([
    ['nothing failed', 0, 0, 1],
    ['a fifth of a later wave failed', 3, 4, 20],
    ['the wave was empty', 5, 0, 0],
  ])('goes on when %s', (_, wave, failedInWave, sizeOfWave) => {
    expect(afterWave({ wave, failedInWave, sizeOfWave })).toEqual({ go: 'on' });
  });
});
