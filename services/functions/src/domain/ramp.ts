/**
 * How a replay gathers speed: one message, two, five, twenty ... A wave begins when every message of the wave before has a final outcome, so a cause
 * that is not mended costs one message, or three.
 */
const waves = [1, 2, 5, 20, 50, 100, 200, 500] as const;

/** More than this part of a wave failing again stops the replay. */
const maxFailedShare = 0.2;

export interface Progress {
  /** Waves that have ended. */
  readonly wave: number;
  readonly failedInWave: number;
  readonly sizeOfWave: number;
}

export const waveSize = (wave: number): number => waves[Math.min(wave, waves.length - 1)] ?? 500;

/** What follows a wave: the next one, or the end of the run because the cause is still there. */
export function afterWave({ wave, failedInWave, sizeOfWave }: Progress): { readonly go: 'on' } | { readonly go: 'stop'; readonly because: string } {
  if (sizeOfWave === 0 || failedInWave === 0) return { go: 'on' };
  // In the first waves one failure is a large share of all that is known.
  if (wave < 2 || failedInWave / sizeOfWave > maxFailedShare) {
    return { go: 'stop', because: `${failedInWave} of ${sizeOfWave} messages failed again: what caused it is still there` };
  }
  return { go: 'on' };
}
