import { minutes } from '@checkout/kernel';
import type { Instance } from './instance.ts';
import type { Saga, Step } from './saga.ts';

/** Requests without an answer before a person is told. */
export const defaultAsks = 5;

/** However long a participant is silent, it is asked at least this often … */
export const longestWait = minutes(5);
/** … and this often when it answers nobody: it will find the first request when it is back, and one more each time helps nobody. */
const longestUnheardWait = minutes(30);
/** A participant that has answered nobody for so long is not merely down. */
const longestUnheard = minutes(24 * 60);

export const asksOf = (step: Step<never>): number => step.asks ?? defaultAsks;

type Asked = Pick<Instance, 'attempts' | 'unheard'>;

/** Milliseconds to wait after the latest request: twice as long each time, so that a participant in trouble gets room. */
export const waitAfter = (steps: readonly Pick<Step<never>, 'within'>[], { attempts, unheard = 0 }: Asked): number =>
  Math.min(unheard > 0 ? longestUnheardWait : longestWait, Math.min(...steps.map(({ within }) => within)) * 2 ** (attempts + unheard - 1));

/** How long a saga waits, in ms, where it stands now. */
export const waitOf = (saga: Pick<Saga<never>, 'steps'>, instance: Instance): number => waitAfter(saga.steps.filter((_, index) => instance.awaiting.includes(index)), instance);

/** Whether a day has passed in which the participant answered neither this saga nor any other. */
export function isUnheardForTooLong(steps: readonly Step<never>[], { attempts, unheard = 0 }: Asked): boolean {
  let waitedMs = 0;
  for (let asked = 1; asked <= unheard && waitedMs < longestUnheard; asked += 1) waitedMs += waitAfter(steps, { attempts, unheard: asked - 1 });
  return waitedMs >= longestUnheard;
}
