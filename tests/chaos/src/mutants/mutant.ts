import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InvariantId } from '../check/violation.ts';
import type { Fault, Manner, PlannedReturn, PlannedSale, PlannedTender, Plan } from '../plan/plan.ts';
import { priceOf, tills } from '../world/shops.ts';

export const root = join(import.meta.dirname, '../../../..');

/** A replacement in one source file. Its text must be there exactly once. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A defect that the checker must catch: proof that it has teeth. */
export interface Mutant {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** What it takes to bring the defect to light. */
  readonly sales: readonly PlannedSale[];
  readonly faults: readonly Fault[];
  /** Any of these is enough. Further violations may come with them. */
  readonly caughtBy: readonly InvariantId[];
}

export const planOf = ({ sales, faults }: Mutant): Plan => ({ version: 1, seed: 7, sales, faults });

/** Why an edit cannot be made; undefined when it fits. */
export function misfitOf({ file, find }: Edit): string | undefined {
  const times = readFileSync(join(root, file), 'utf8').split(find).length - 1;
  return times === 1 ? undefined : `its text is ${times} times in ${file}, not once: ${find.slice(0, 80)}`;
}

interface Recipe {
  readonly count?: number;
  readonly skus?: readonly string[];
  readonly tokens?: readonly string[];
  readonly manner?: Manner;
  readonly gapMs?: number;
  /** Of one store only, so that its sales meet in one batch. */
  readonly isOneStore?: boolean;
  readonly quantity?: number;
  /** What comes back of each sale. */
  readonly comesBack?: readonly PlannedReturn[];
}

/** Sales that are alike in what matters. */
export function sales({ count = 24, skus = ['ART-01', 'ART-02', 'ART-03'], tokens = ['tok_visa_4242'], manner = 'plain', gapMs = 80, isOneStore = false, quantity = 1, comesBack }: Recipe = {}): PlannedSale[] {
  const totalMinor = skus.reduce((sum, sku) => sum + priceOf(sku) * quantity, 0);
  const share = Math.floor(totalMinor / tokens.length);
  const tenders = tokens.map((cardToken, index): PlannedTender => ({ type: 'card', cardToken, amountMinor: index === 0 ? totalMinor - share * (tokens.length - 1) : share }));
  const places = isOneStore ? tills.slice(0, 1) : tills;
  return Array.from({ length: count }, (_, index) => ({
    index, tillId: places[index % places.length]?.tillId ?? '', lines: skus.map((sku) => ({ sku, quantity })), tenders, route: 'http', manner, afterMs: gapMs, ...(comesBack && { comesBack }),
  }));
}

/** Pieces of one line that come back, to be sold again and to the card. */
export const back = (line: number, quantity = 1): PlannedReturn => ({ line, quantity, goods: 'restock', moneyBack: 'original' });
