import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const styles = dirname(createRequire(import.meta.url).resolve('@mantine/core/styles/Button.css'));

it('has the styles of every component that a screen uses', () => {
  const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.tsx')).map((path) => readFileSync(join(import.meta.dirname, path), 'utf8'));
  const used = sources.flatMap((source) => [...source.matchAll(/import \{([^}]+)\} from '@mantine\/core'/g)].flatMap(([, names = '']) => names.split(',').map((name) => name.trim())));
  const has = readFileSync(join(import.meta.dirname, 'styles.ts'), 'utf8');
  const missing = [...new Set(used)].filter((name) => existsSync(join(styles, `${name}.css`)) && !has.includes(`/${name}.css`));
  expect(used.length).toBeGreaterThan(20);
  expect(missing).toEqual([]);
});
