import { settingsOf } from '@checkout/service';
import { programs } from './programs.ts';
import { settingsTable } from './settings-table.ts';
import { Tree } from './tree.ts';

it('stands in docs/configuration.md as the schemas say it', () => {
  expect(Tree.root.read('docs/configuration.md')).toContain(settingsTable());
});

it('describes every setting with an example that its own program takes', () => {
  for (const [name, { schema }] of Object.entries(programs)) {
    for (const { name: setting, description, example } of settingsOf(schema)) {
      const taken = setting === 'PROVIDER_WEBHOOK_SECRETS' || (schema.shape[setting] as { safeParse(value: unknown): { success: boolean } }).safeParse(example.replace('<tenant>', 'contoso')).success;
      expect({ name, setting, hasDescription: description.length > 5, taken }).toEqual({ name, setting, hasDescription: true, taken: true });
    }
  }
});
