import { compileRule, type Filter, type Rule } from './rule/rule.ts';
import type { Subscription } from './topic.ts';

interface PersistedRule {
  readonly name: string;
  readonly filter: Filter;
  readonly action?: string;
}

interface PersistedRules {
  readonly declared: readonly PersistedRule[];
  readonly rules: readonly PersistedRule[];
}

const plain = (rules: readonly Rule[]): PersistedRules['rules'] => rules.map(({ name, filter, action }) => ({ name, filter, ...(action === undefined ? {} : { action }) }));
/** As the log keeps them. */
export const rulesJson = (declared: readonly Rule[], rules: readonly Rule[]): string => JSON.stringify({ declared: plain(declared), rules: plain(rules) } satisfies PersistedRules);

/** Rules changed at run time outlive a restart, until the topology itself declares others. */
export function restoreRules(subscription: Subscription, json: string | undefined): void {
  if (json === undefined) return;
  const persisted = JSON.parse(json) as PersistedRules;
  if (JSON.stringify(persisted.declared) !== JSON.stringify(plain(subscription.declaredRules))) return;
  subscription.rules = persisted.rules.map(({ name, filter, action }) => compileRule(name, filter, action));
}
