import type { SourceFile } from './tree.ts';

/**
 * The hazards that the design was made against (shared research, 2026): what the libraries below us do (O Opossum, M mssql and tedious, S the
 * Service Bus SDK), where a process may die (K: every service and step, the dead-letter desk, the migrator, all at once, told to end, frozen), how the databases (Q), the bus (B), the
 * payment provider (P) and the tills (T) fail, and what anybody may send
 * (X: HTTP, baskets, messages and statements). Each is a row with a number. A test that shows what we do about a row begins its title with the number; a row
 * that no test can name stands below with the reason.
 */
const series: readonly { readonly letter: string; readonly last: number; readonly digits: number }[] = [
  { letter: 'O', last: 20, digits: 1 },
  { letter: 'M', last: 20, digits: 1 },
  { letter: 'S', last: 10, digits: 1 },
  { letter: 'K', last: 39, digits: 2 },
  { letter: 'Q', last: 45, digits: 2 },
  { letter: 'B', last: 34, digits: 2 },
  { letter: 'P', last: 20, digits: 2 },
  { letter: 'T', last: 18, digits: 2 },
  { letter: 'X', last: 185, digits: 3 },
  { letter: 'OP', last: 20, digits: 2 },
  { letter: 'R', last: 10, digits: 2 },
];

export const rows: readonly string[] = series.flatMap(({ letter, last, digits }) => Array.from({ length: last }, (_, index) => `${letter}${String(index + 1).padStart(digits, '0')}`));

export const notExposed: Readonly<Record<string, string>> = {
  B34: 'The namespace has no pair: `infra/azure` rents none, because what is on a bus would not be on its pair, so nothing fails over by itself. A lost region is an outage of the bus; whoever moves to another on purpose finds in docs/scaling.md what is missing there.',
  R10: 'No service asks anybody for its configuration, and there are no feature flags: settings are the environment, read once at start (docs/configuration.md).',
  Q32: 'Each service has one database, and all tenants are in it: there are no shards. One of the five databases that is out is Q31, all of them Q33.',
  P14: 'The provider is asked for a whole amount, never for what a card has left (decision 17, not built). One that approves less all the same speaks of other money, which is P18: the sale stops, and a person lets the money go.',
  X048: 'No update is conditional: the back office puts whole stores and products, and the last one counts.',
  X090: 'Tills send their journals one sale at a time, each under its own key; there is no batch of sales to be half right.',
  X091: 'As X090: two entries of one command are two requests under one key (X037, X040).',
  X092: 'As X090: a journal that is sent again, in any order, is requests that repeat (X037).',
  X121: 'There are no minor versions: what one would add is a field that nobody declared (X114), so a new field needs a new type, or receivers that know it first (decision 3).',
  X132: 'No service keeps a list of tenants, so none is unknown: identity says who is one where a request enters, and who may send on the bus is settled by its rights.',
  X133: 'As X132: an account that is suspended gets no tokens. What is on the bus was accepted before, and its sale ends as every other.',
  X148: 'There is no claim check: a body travels whole, and is refused before it is sent when it is more than the bus takes (batch.spec.ts).',
  X149: 'As X148.',
  X150: 'As X148.',
  X169: 'There is no ROWVERSION: versions are integers that no service gives out, so nobody can hand in a wrong one (X048).',
};

/** A number opens the text of a title, or stands in brackets in it: `'X037 …'`, `'… (X326)'`, `'X101 X102 …'`. */
const title = /['"`(]((?:(?:OP|[OMSKXQBPTR])\d{1,3}[ ,]+(?:and )?)*(?:OP|[OMSKXQBPTR])\d{1,3})(?=[ )])/g;

/** Which spec files name which rows. */
export function namedIn(files: readonly SourceFile[]): ReadonlyMap<string, readonly string[]> {
  const named = new Map<string, string[]>();
  for (const { path, text } of files.filter((file) => file.path.endsWith('.spec.ts') && !file.path.startsWith('tests/rules/'))) {
    for (const [, numbers = ''] of text.matchAll(title)) {
      for (const [row] of numbers.matchAll(/[A-Z]+\d+/g)) named.set(row, [...new Set([...(named.get(row) ?? []), path])]);
    }
  }
  return named;
}

/** Rows with neither test nor reason, and reasons for rows that have a test by now. */
export function hazardViolations(files: readonly SourceFile[], reasons: Readonly<Record<string, string>> = notExposed): string[] {
  const named = namedIn(files);
  return [
    ...rows.filter((row) => !named.has(row) && reasons[row] === undefined).map((row) => `${row} is named by no test; write one, or say in hazards.ts why we are not exposed`),
    ...Object.keys(reasons).filter((row) => named.has(row)).map((row) => `${row} is said not to concern us, and ${named.get(row)?.join(', ')} shows what we do about it`),
    ...Object.keys(reasons).filter((row) => !rows.includes(row)).map((row) => `${row} is no row`),
  ];
}
