import type { Snapshot } from './snapshot.ts';

export interface Violation {
  readonly invariant: InvariantId;
  readonly what: string;
  /** The sale that it is about, when it is about one: its time line goes into the report. */
  readonly saleId?: string;
}

export const invariantIds = ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9', 'I10', 'I11', 'I12', 'I13', 'I14', 'I15', 'I16', 'I17', 'I18', 'I19', 'I20', 'I21'] as const;
export type InvariantId = (typeof invariantIds)[number];

/** One invariant: pure, from what is known of a run to what is wrong. */
export interface Invariant {
  readonly id: InvariantId;
  readonly name: string;
  /** Why this run says nothing about it, or what it cannot see of it. Told in every report: what is not covered has not passed. */
  readonly notCovered?: (snapshot: Snapshot) => string | undefined;
  readonly partly?: string;
  readonly check: (snapshot: Snapshot) => readonly Omit<Violation, 'invariant'>[];
}

/** Groups by a key, in the order of first appearance. */
export function groupBy<T>(items: Iterable<T>, key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

export const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, each) => total + each, 0);
