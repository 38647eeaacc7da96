import { FilterSubject } from '../rule/filter-subject.ts';
import { compileRule } from '../rule/rule.ts';
import type { Content } from '../wire/content.ts';
import type { FaultSpec } from './fault-spec.ts';
import { seededRandom } from './seeded-random.ts';

/** A fault in force: which entity it is for, how often it may still strike, and how likely it is to. */
export class ArmedFault {
  readonly spec: FaultSpec;
  struck = 0;
  #left: number;
  readonly #entity: string | undefined;
  readonly #matches: ((subject: FilterSubject) => boolean) | undefined;
  readonly #random: () => number;

  constructor(spec: FaultSpec) {
    this.spec = spec;
    this.#left = spec.times ?? (spec.fault === 'throttle' ? Number.POSITIVE_INFINITY : 1);
    this.#entity = spec.entity === undefined || spec.entity === '*' ? undefined : spec.entity.toLowerCase();
    this.#matches = spec.where === undefined ? undefined : compileRule('where', { kind: 'sql', expression: spec.where }).matches;
    this.#random = seededRandom(spec.seed ?? 1);
  }

  get isOver(): boolean {
    return this.#left <= 0;
  }

  /** @param contents the messages it would befall */
  isFor(entity: string, contents: readonly Content[]): boolean {
    const matches = this.#matches;
    return (this.#entity === undefined || this.#entity === entity.toLowerCase()) && (!matches || contents.some((content) => matches(new FilterSubject(content))));
  }

  /** Draws lots, and uses one strike up when it is to be. */
  strikes(): boolean {
    if (this.isOver) return false;
    const { probability = 1 } = this.spec;
    if (probability < 1 && this.#random() >= probability) return false;
    this.#left -= 1;
    this.struck += 1;
    return true;
  }
}
