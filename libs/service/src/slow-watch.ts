import type { Operations } from '@checkout/messaging';
import { realTiming, type Breaker, type Cancel, type Timing } from '@checkout/resilience';

const lookMs = 1_000;
/** Slow at so many looks in a row, and it is told; quick at so many, and that is told: a single slow second is nobody's news. */
const looksUntilSlow = 2;
const looksUntilQuick = 5;

type Watched = Pick<Breaker, 'name' | 'isSluggish'> & { readonly policy: Pick<Breaker['policy'], 'sluggishMs'> };

interface Look {
  /** How often in a row it has looked different from what was told last. */
  otherwise: number;
  slowSince: number | undefined;
}

/** Tells operators of what no breaker opens for: a dependency that answers, and takes its time. */
export class SlowWatch {
  readonly #breakers: () => readonly Watched[];
  readonly #operations: Pick<Operations, 'dependencySlowed' | 'dependencyQuickened'>;
  readonly #timing: Timing;
  readonly #looks = new Map<string, Look>();
  #cancel: Cancel | undefined;

  constructor(breakers: () => readonly Watched[], operations: Pick<Operations, 'dependencySlowed' | 'dependencyQuickened'>, timing = realTiming) {
    this.#breakers = breakers;
    this.#operations = operations;
    this.#timing = timing;
  }

  start(): void {
    this.#cancel ??= this.#timing.every(lookMs, () => {
      for (const breaker of this.#breakers()) this.#look(breaker);
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #look({ name, isSluggish, policy: { sluggishMs } }: Watched): void {
    const look = this.#looks.get(name) ?? { otherwise: 0, slowSince: undefined };
    this.#looks.set(name, look);
    const { slowSince } = look;
    look.otherwise = isSluggish === (slowSince === undefined) ? look.otherwise + 1 : 0;
    if (look.otherwise < (slowSince === undefined ? looksUntilSlow : looksUntilQuick)) return;
    look.otherwise = 0;
    look.slowSince = slowSince === undefined ? this.#timing.now() : undefined;
    if (slowSince === undefined) this.#operations.dependencySlowed(name, sluggishMs);
    else this.#operations.dependencyQuickened(name, this.#timing.now() - slowSince);
  }
}
