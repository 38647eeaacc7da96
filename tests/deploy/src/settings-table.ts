import { settingsOf, type SettingFacts } from '@checkout/service';
import { programs } from './programs.ts';

/** The table of `docs/configuration.md`, from the schemas. */
export function settingsTable(): string {
  const all = new Map<string, { readonly facts: SettingFacts; readonly of: string[] }>();
  for (const [name, { schema }] of Object.entries(programs)) {
    for (const facts of settingsOf(schema)) {
      const known = all.get(facts.name);
      if (known) known.of.push(name);
      else all.set(facts.name, { facts, of: [name] });
    }
  }
  const rows = [...all.values()].map(({ facts, of }) => `| \`${facts.name}\` | ${who(of)} | ${facts.isRequired ? 'yes' : ''} | ${facts.description} | \`${facts.example}\` |`);
  return ['| variable | who | needed | what | example |', '|---|---|---|---|---|', ...rows].join('\n');
}

const who = (of: readonly string[]): string => {
  const missing = Object.keys(programs).filter((name) => !of.includes(name));
  if (missing.length === 0) return 'all';
  return missing.length <= 2 ? `all but ${missing.join(', ')}` : of.join(', ');
};
