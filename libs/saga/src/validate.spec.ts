import { contract, pivotStep, repeatableStep, sampleOf, sampleWith, undoableStep, type SampleData } from './sample.ts';
import type { Step } from './saga.ts';
import { assertValid, validate } from './validate.ts';

/** A step with something wrong that its type would not let through. */
const broken = (step: Step<SampleData>, change: object): Step<SampleData> => ({ ...step, ...change });
const a = undoableStep('a');
const p = pivotStep('p');
const z = repeatableStep('z');

describe('a declaration', () => {
  it('is in order with any number of undoable steps, one pivot and any number of repeatable steps', () => {
    expect([sampleWith(0, 0), sampleWith(3, 0), sampleWith(0, 3), sampleWith(2, 2)].flatMap(validate)).toEqual([]);
  });

  it.each([
    ['SAGA001', 'has no pivot', [a, z]],
    ['SAGA001', 'has no steps', []],
    ['SAGA002', 'has two pivots', [a, p, pivotStep('q')]],
    ['SAGA003', 'undoes after the pivot', [p, a]],
    ['SAGA004', 'cannot undo before the pivot', [z, p]],
    ['SAGA005', 'calls two steps the same', [a, broken(undoableStep('b'), { name: 'a' }), p]],
    ['SAGA006', 'has one reply for two steps', [a, broken(undoableStep('b'), { succeeds: a.succeeds }), p]],
    ['SAGA006', 'has one reply for yes and no', [broken(a, { fails: a.succeeds }), p]],
    ['SAGA007', 'takes a command for a reply', [broken(a, { succeeds: contract('do it', 'command') }), p]],
    ['SAGA008', 'takes its start message for a reply', [broken(a, { succeeds: contract('begun') }), p]],
    ['SAGA009', 'has a refusal without words for the till', [broken(a, { refused: undefined }), p]],
    ['SAGA010', 'lets a repeatable step be refused', [p, broken(z, { fails: contract('no'), refused: () => ({ code: 'no-answer', message: 'no' }) })]],
    ['SAGA011', 'does not say which reply means no', [broken(a, { fails: undefined, refused: undefined }), p]],
    ['SAGA012', 'does not say how a step is undone', [broken(a, { compensate: undefined }), p]],
    ['SAGA012', 'does not say which reply means undone', [broken(a, { compensated: undefined }), p]],
    ['SAGA013', 'waits no time at all', [broken(a, { within: 0 }), p]],
    ['SAGA013', 'waits for ever', [broken(a, { within: Number.POSITIVE_INFINITY }), p]],
    ['SAGA014', 'never asks', [broken(a, { asks: 0 }), p]],
  ])('is refused with %s when it %s', (code, _, steps) => {
    expect(validate(sampleOf(steps)).map((mistake) => mistake.code)).toEqual([code]);
  });

  it('stops the process at start-up with every mistake named', () => {
    expect(() => assertValid(sampleOf([broken(a, { within: -1 })]))).toThrow(/"sample" is declared wrong:\n {2}SAGA001 .*\n {2}SAGA013 .*"a".*-1 ms/);
    expect(() => assertValid(sampleWith(1, 1))).not.toThrow();
  });
});
