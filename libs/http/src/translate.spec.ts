import { DeadlineExceeded, DependencyUnavailable } from '@checkout/resilience';
import { isDefect, translate } from './translate.ts';

class CommitUnknown extends Error {
  override readonly name = 'CommitUnknown';
}

it.each([new DeadlineExceeded(500), new CommitUnknown('cart/work')])('does not pretend to know whether a request was accepted: %p', (error) => {
  const problem = translate(error);
  expect(problem.document('/v1/checkouts', 't')).toMatchObject({ code: 'accept-unknown', status: 503, outcome: 'unknown', retryable: true });
  expect(isDefect(problem)).toBe(false);
});

it('says that nothing was accepted only where that is known', () => {
  expect(translate(new DependencyUnavailable('cart/work', 1_000)).document('/v1/checkouts', 't')).toMatchObject({ code: 'dependency-unavailable', outcome: 'not_accepted' });
});

it('takes what it does not know for a defect', () => {
  expect(isDefect(translate(new TypeError('x is not a function')))).toBe(true);
});
