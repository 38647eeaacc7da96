import type { FilterSubject } from './filter-subject.ts';

/** True, false or unknown (`undefined`); a message matches on true only. */
type Truth = boolean | undefined;
export type Predicate = (subject: FilterSubject) => Truth;

export const or = (left: Predicate, right: Predicate): Predicate => (subject) => {
  const first = left(subject);
  if (first === true) return true;
  const second = right(subject);
  if (second === true) return true;
  return first === undefined || second === undefined ? undefined : false;
};

export const and = (left: Predicate, right: Predicate): Predicate => (subject) => {
  const first = left(subject);
  if (first === false) return false;
  const second = right(subject);
  if (second === false) return false;
  return first === undefined || second === undefined ? undefined : true;
};

export const not = (inner: Predicate): Predicate => (subject) => {
  const truth = inner(subject);
  return truth === undefined ? undefined : !truth;
};

export const negate = (inner: Predicate, negated: boolean): Predicate => (negated ? not(inner) : inner);
