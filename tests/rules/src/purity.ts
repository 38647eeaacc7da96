import { isSpec, type SourceFile } from './tree.ts';

/** What a decision may not depend on, because the same message must lead to the same decision whenever it is handled. */
const impure: readonly (readonly [RegExp, string])[] = [
  [/\basync\b|\bawait\b|\bPromise\b/, 'waits for something'],
  [/\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b/, 'reads the clock'],
  [/\bMath\.random\b|\brandomUUID\b|\brandomBytes\b|\buuidv7\b/, 'draws a random number'],
  [/\bprocess\.|from 'node:(?!crypto)/, 'touches the outside'],
];

/** Every place where a service's domain, or the saga engine, is not a pure function of its arguments. */
export const purityViolations = (files: readonly SourceFile[]): string[] =>
  files
    .filter(({ path }) => /^(services\/[^/]+\/src\/domain|libs\/saga\/src)\//.test(path) && !isSpec(path))
    .flatMap(({ path, text }) => impure.filter(([pattern]) => pattern.test(withoutComments(text))).map(([, what]) => `${path} ${what}`));

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '');
