import { http } from '@checkout/contracts';
import { Problem, problemOf, type Code } from '@checkout/http';
import { ZodError } from 'zod';
import { refuseCardNumbers } from './card-numbers.ts';

type Issue = ZodError['issues'][number];

/** Which field of a checkout has a code of its own when its form is wrong. A tender of an unknown type is told at its `type`. */
const codes: readonly (readonly [RegExp, Code])[] = [
  [/^lines$/, 'line-limit'],
  [/^lines\.\d+\.quantity$/, 'quantity-invalid'],
  [/^currency$/, 'currency-invalid'],
  [/^(totalMinor|tenders\.\d+\.(amountMinor|tenderedMinor))$/, 'money-invalid'],
  [/^tenders\.\d+\.type$/, 'tender-unsupported'],
];

/** What a till offers: free of card numbers, of the right form, and told in the registry's words when not. @throws Problem */
export function offerIn(body: unknown): http.CheckoutBody {
  if (body === undefined) throw new Problem('body-missing');
  refuseCardNumbers(body);
  const result = http.CheckoutBody.safeParse(body);
  if (result.success) return result.data;
  throw problemOf(new ZodError(result.error.issues.map(named)));
}

/** `problemOf` reads the code of a custom issue; a list that is there but too short or long has one, a missing list has not. */
function named(issue: Issue): Issue {
  const path = issue.path.join('.');
  const code = codes.find(([form]) => form.test(path))?.[1];
  const isForm = issue.code !== 'unrecognized_keys' && issue.code !== 'custom' && !(code === 'line-limit' && !issue.code.startsWith('too_'));
  if (!code || !isForm) return issue;
  const isOverflow = code === 'money-invalid' && issue.code === 'too_big';
  return { code: 'custom', path: issue.path, message: issue.message, params: { code: isOverflow ? 'money-overflow' : code } };
}
