import type { Message } from '@checkout/contracts';
import assert from 'node:assert/strict';
import { advance, begin } from './advance.ts';
import type { Input, Phase } from './instance.ts';
import type { Saga } from './saga.ts';

/** Given a saga that has seen this history, when one more input arrives, then it sends this. */
export const given = <D>(saga: Saga<D>, data: NoInfer<D>, ...history: readonly Input[]) => {
  let { instance } = begin(saga, data);
  for (const input of history) ({ instance } = advance(saga, data, instance, input));

  return {
    when(input: Input) {
      const decision = advance(saga, data, instance, input);
      const then = {
        thenSends(...expected: readonly Message[]) {
          assert.deepEqual(decision.messages, expected);
          return then;
        },
        andIs(phase: Phase) {
          assert.equal(decision.instance.phase, phase);
          return then;
        },
        andAwaits(...steps: readonly string[]) {
          assert.deepEqual(decision.instance.awaiting.map((index) => saga.steps[index]?.name), steps);
          return then;
        },
        andWakesAfter(ms: number) {
          assert.equal(decision.wakeAfter, ms);
          return then;
        },
        andNeedsAttention(why: string | undefined) {
          assert.equal(decision.instance.needsAttention, why);
          return then;
        },
        thenNothingHappens() {
          assert.deepEqual(decision, { instance, messages: [], happenings: [] });
          return then;
        },
      };
      return then;
    },
  };
};
