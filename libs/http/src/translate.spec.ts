import { operations } from '@checkout/contracts';
import { DeadlineExceeded, DependencyUnavailable } from '@checkout/resilience';
import { isDefect, translate } from './translate.ts';

class CommitUnknown extends Error {
  override readonly name = 'CommitUnknown';
}

const errorOf = (build: () => unknown): unknown => {
  try {
    return build();
  } catch (error) {
    return error;
  }
};

it.each([new DeadlineExceeded(500), new CommitUnknown('cart/work')])('does not pretend to know whether a request was accepted: %p', (error) => {
  const problem = translate(error);
  expect(problem.document('/v1/checkouts', 't')).toMatchObject({ code: 'accept-unknown', status: 503, outcome: 'unknown', retryable: true });
  expect(isDefect(problem)).toBe(false);
});

it('says that nothing was accepted only where that is known', () => {
  expect(translate(new DependencyUnavailable('cart/work', 1_000)).document('/v1/checkouts', 't')).toMatchObject({ code: 'dependency-unavailable', outcome: 'not_accepted' });
});

it('takes a message of ours that does not fit its declaration for a defect, and not for the request', () => {
  const misbuilt = errorOf(() => operations.BreakerChanged({} as never));

  const problem = translate(misbuilt);

  expect(isDefect(problem)).toBe(true);
  expect(JSON.stringify(problem.document('/v1/checkouts', 't'))).not.toContain('dependency');
});

it('takes what it does not know for a defect', () => {
  expect(isDefect(translate(new TypeError('x is not a function')))).toBe(true);
});

it.each([
  ['a THROW', Object.assign(new Error("50001: no till 'x' OR 1=1"), { code: 'EREQUEST', number: 50_001 })],
  ['a duplicate', Object.assign(new Error("Cannot insert the duplicate key value ('x' OR 1=1)"), { code: 'EREQUEST', number: 2_627 })],
  ['a wrapped one', new Error("there is one already: 'x' OR 1=1", { cause: new Error("'x' OR 1=1") })],
])('X184 tells nobody what the database said: %s', (_what, error) => {
  expect(JSON.stringify(translate(error).document('/v1/tills', 't'))).not.toContain('1=1');
  expect(translate(error).code).toBe('internal');
});
