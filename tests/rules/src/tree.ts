import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

export const root = join(import.meta.dirname, '../../..');

/** A source file as the rules see it. Paths are relative to the root of the tree. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export interface Project {
  readonly directory: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly dependencies: readonly string[];
}

/** What git knows or would add: what is ignored does not count. */
export const sourceFiles = (): SourceFile[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', '*.ts', '*.tsx', '*.mjs'], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((path) => path !== '' && !path.startsWith('tests/rules/src/broken/') && existsSync(join(root, path)))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

export const projects = (): Project[] =>
  ['libs', 'services', 'infra/local', 'tests', 'tests/conformance']
    .flatMap((group) => readdirSync(join(root, group)).map((name) => `${group}/${name}`))
    .filter((directory) => existsSync(join(root, directory, 'package.json')))
    .map((directory) => {
      const { name, nx, dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(join(root, directory, 'package.json'), 'utf8')) as {
        name: string; nx?: { tags?: string[] }; dependencies?: object; devDependencies?: object;
      };
      return { directory, name, tags: nx?.tags ?? [], dependencies: [...Object.keys(dependencies), ...Object.keys(devDependencies)] };
    });

/** Everything that a file imports or re-exports: packages as written, files as paths from the root. */
export function importsOf({ path, text }: SourceFile): string[] {
  const specifiers = [...text.matchAll(/(?:^|\n)\s*(?:import|export)\s[^'";]*?from\s*'([^']+)'|(?:^|\n)\s*import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/g)];
  return specifiers.map(([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? '').map((specifier) => (specifier.startsWith('.') ? normalize(join(dirname(path), specifier)) : specifier));
}

export const isSpec = (path: string): boolean => /\.(int\.|e2e\.)?spec\.ts$/.test(path) || /\/testing(\.ts|\/)/.test(path);
