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

type Steps = readonly Pick<Step<never>, 'within'>[];

/** Milliseconds to wait after the nth request: twice as long each time, so that a participant in trouble gets room. */
const waitAfterNth = (steps: Steps, nth: number, unheard = 0): number =>
  Math.min(unheard > 0 ? longestUnheardWait : longestWait, Math.min(...steps.map(({ within }) => within)) * 2 ** (nth - 1));

/** Milliseconds to wait after the latest request. */
export const waitAfter = (steps: Steps, { attempts, unheard = 0 }: Asked): number => waitAfterNth(steps, attempts + unheard, unheard);

/** How long a saga waits, in ms, where it stands now. */
export const waitOf = (saga: Pick<Saga<never>, 'steps'>, instance: Instance): number => waitAfter(awaitedBy(saga, instance), instance);

/** How long, in ms, a saga will have waited where it stands now when its timer is due: since the first request, if its timers came in time. */
export function waitedOf(saga: Pick<Saga<never>, 'steps'>, instance: Instance): number {
  const { attempts, unheard = 0 } = instance;
  const waits = Array.from({ length: attempts + unheard }, (_, before) => waitAfterNth(awaitedBy(saga, instance), before + 1, unheard));
  return waits.reduce((sum, wait) => sum + wait, 0);
}

const awaitedBy = (saga: Pick<Saga<never>, 'steps'>, { awaiting }: Instance): Steps => saga.steps.filter((_, index) => awaiting.includes(index));

/** Whether a day has passed in which the participant answered neither this saga nor any other. */
export function isUnheardForTooLong(steps: readonly Step<never>[], { attempts, unheard = 0 }: Asked): boolean {
  let waitedMs = 0;
  for (let asked = 1; asked <= unheard && waitedMs < longestUnheard; asked += 1) waitedMs += waitAfter(steps, { attempts, unheard: asked - 1 });
  return waitedMs >= longestUnheard;
}
