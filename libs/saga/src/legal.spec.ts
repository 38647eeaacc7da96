import fc from 'fast-check';
import { advance, begin } from './advance.ts';
import { givenUp, timedOut, unheard, type Decision, type Input, type Instance } from './instance.ts';
import { sampleWith, type SampleData } from './sample.ts';
import type { Saga } from './saga.ts';

const seed = Number(process.env['SEED'] ?? 20261122);
const data = { order: 1 };

/** Everything that could ever come in, at any time, any number of times. Now and then somebody gives up. */
const inputsOf = (saga: Saga<SampleData>): fc.Arbitrary<Input> => {
  const replies = saga.steps.flatMap((step) => [
    step.succeeds.type,
    ...(step.kind === 'retriable' ? [] : [step.fails.type]),
    ...(step.kind === 'compensatable' ? [step.compensated.type] : []),
  ]).concat('stalled');
  return fc.oneof({ weight: 2, arbitrary: fc.constantFrom<Input[]>(timedOut, unheard) }, { weight: 1, arbitrary: fc.constant<Input>(givenUp) }, { weight: 4, arbitrary: fc.constantFrom(...replies).map((type): Input => ({ type, body: {} })) });
};

const aRun = fc
  .record({ undoable: fc.nat(4), repeatable: fc.nat(3) })
  .chain(({ undoable, repeatable }) => {
    const saga = sampleWith(undoable, repeatable);
    return fc.record({ saga: fc.constant(saga), inputs: fc.array(inputsOf(saga), { maxLength: 120 }) });
  });

interface Seen {
  readonly before: Instance | undefined;
  readonly input: Input | undefined;
  readonly decision: Decision;
}

function run(saga: Saga<SampleData>, inputs: readonly Input[]): Seen[] {
  let decision = begin(saga, data);
  const seen: Seen[] = [{ before: undefined, input: undefined, decision }];
  for (const input of inputs) {
    const before = decision.instance;
    decision = advance(saga, data, before, input);
    seen.push({ before, input, decision });
  }
  return seen;
}

const typesSent = (seen: readonly Seen[]): string[] => seen.flatMap(({ decision }) => decision.messages.map(({ type }) => type));
const always = (holds: (saga: Saga<SampleData>, seen: readonly Seen[]) => void): void =>
  fc.assert(fc.property(aRun, ({ saga, inputs }) => holds(saga, run(saga, inputs))), { seed, numRuns: 2_000 });

describe('whatever comes in, in whatever order and however often', () => {
  it('never goes backward once the pivot has succeeded', () => {
    always((_, seen) => {
      const committed = seen.findIndex(({ decision }) => decision.happenings.some(({ event, step }) => event === 'succeeded' && step === 'pivot'));
      if (committed === -1) return;
      for (const { decision } of seen.slice(committed)) expect(['forward', 'completed']).toContain(decision.instance.phase);
      expect(typesSent(seen.slice(committed)).filter((type) => type.startsWith('undo'))).toEqual([]);
    });
  });

  it('moves from phase to phase along the allowed ways only', () => {
    const allowed = { forward: ['forward', 'backward', 'completed', 'cancelled'], backward: ['backward', 'cancelled'], completed: ['completed'], cancelled: ['cancelled'] };
    always((_, seen) => {
      for (const { before, decision } of seen) if (before) expect(allowed[before.phase]).toContain(decision.instance.phase);
    });
  });

  it('never changes an end, nor says it twice', () => {
    always((_, seen) => {
      for (const { before, decision } of seen) {
        if (before?.phase === 'completed' || before?.phase === 'cancelled') expect(decision).toEqual({ instance: before, messages: [], happenings: [] });
      }
      expect(typesSent(seen).filter((type) => type === 'all done' || type === 'called off').length).toBeLessThanOrEqual(1);
    });
  });

  it('undoes newest first, and only what may have happened', () => {
    always((saga, seen) => {
      const sent = typesSent(seen);
      const undone = [...new Set(sent.filter((type) => type.startsWith('undo ')))].map((type) => type.slice('undo '.length));
      const places = undone.map((name) => saga.steps.findIndex((step) => step.name === name));
      expect(places).toEqual(places.toSorted((a, b) => b - a));
      for (const name of undone) {
        expect(sent.indexOf(`do ${name}`)).toBeGreaterThanOrEqual(0);
        expect(sent.indexOf(`do ${name}`)).toBeLessThan(sent.indexOf(`undo ${name}`));
      }
      const refused = seen.flatMap(({ decision }) => decision.happenings).find(({ event }) => event === 'refused');
      expect(undone).not.toContain(refused?.step);
    });
  });

  it('leaves nothing undone that was done, before it says that the sale is off', () => {
    always((_, seen) => {
      const happenings = seen.flatMap(({ decision }) => decision.happenings);
      if (!happenings.some(({ event }) => event === 'cancelled')) return;
      const named = (wanted: string) => happenings.filter(({ event }) => event === wanted).map(({ step }) => step);
      for (const step of [...named('succeeded'), ...named('given-up')]) expect(named('compensated')).toContain(step);
    });
  });

  it('does every step exactly once before it says that the sale is complete', () => {
    always((saga, seen) => {
      if (seen.at(-1)?.decision.instance.phase !== 'completed') return;
      const succeeded = seen.flatMap(({ decision }) => decision.happenings).filter(({ event }) => event === 'succeeded');
      expect(succeeded.map(({ step }) => step ?? '').toSorted()).toEqual(saga.steps.map(({ name }) => name).toSorted());
    });
  });

  it('is awake as long as it is not at an end', () => {
    always((_, seen) => {
      for (const { before, decision } of seen) {
        const { phase, awaiting } = decision.instance;
        const isLive = phase === 'forward' || phase === 'backward';
        expect(awaiting.length > 0).toBe(isLive);
        if (isLive && decision.instance !== before) expect(decision.wakeAfter).toBeGreaterThan(0);
      }
    });
  });

  it('says why when, and only when, it went backward', () => {
    always((_, seen) => {
      for (const { decision: { instance } } of seen) expect(instance.because !== undefined).toBe(instance.phase === 'backward' || instance.phase === 'cancelled');
    });
  });

  it('ends, when every participant answers what it is asked', () => {
    const answers = fc.record({ undoable: fc.nat(4), repeatable: fc.nat(3), noise: fc.array(fc.nat(9), { maxLength: 40 }), answers: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }) });
    fc.assert(
      fc.property(answers, ({ undoable, repeatable, noise, answers: says }) => {
        const saga = sampleWith(undoable, repeatable);
        let { instance } = begin(saga, data);
        for (let round = 0; instance.awaiting.length > 0; round += 1) {
          expect(round).toBeLessThan(60);
          if ((noise[round] ?? 0) > 5) ({ instance } = advance(saga, data, instance, timedOut));
          const step = saga.steps[instance.awaiting[0] ?? -1];
          if (!step) break;
          const forward = step.kind === 'retriable' || says[round % says.length] ? step.succeeds.type : step.fails.type;
          const type = instance.phase === 'backward' ? `${step.name} undone` : forward;
          ({ instance } = advance(saga, data, instance, { type, body: {} }));
        }
        expect(['completed', 'cancelled']).toContain(instance.phase);
      }),
      { seed, numRuns: 2_000 },
    );
  });
});
