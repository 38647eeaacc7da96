import type { SourceFile } from './tree.ts';

/** What no file may say, why, and where it may all the same. */
const banned: readonly (readonly [pattern: RegExp, what: string, except?: RegExp])[] = [
  [/\b(TODO|FIXME|XXX)\b(?!\(#\d+\))/, 'leaves work without an issue number'],
  [/@ts-ignore|@ts-nocheck|oxlint-disable|eslint-disable/, 'silences a check'],
  [/\/(work|root|home)\/[a-z]+\//, 'names a path of one machine'],
  [/\b(describe|it|test)\.(only|todo)\b|^\s*[fx](it|describe)\(/, 'skips or focuses a test'],
  // Conformance runs against other services too, and reports what one of them cannot do as skipped, with the reason.
  [/\b(describe|it|test)\.skip\b/, 'skips or focuses a test', /^tests\/conformance\/[a-z]+\/src\/conformance\.int\.spec\.ts$/],
  [/\bas any\b|: any\b/, 'gives up on types'],
];

export const tidyViolations = (files: readonly SourceFile[]): string[] =>
  files
    .filter(({ path }) => !path.startsWith('tests/rules/'))
    .flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, index) => banned.filter(([pattern, , except]) => pattern.test(line) && !except?.test(path)).map(([, what]) => `${path}:${index + 1} ${what}`)),
    );

/** A use case is trusted when something shows what it does. */
export const useCasesWithoutSpec = (files: readonly SourceFile[]): string[] => {
  const paths = new Set(files.map(({ path }) => path));
  return [...paths]
    .filter((path) => /^services\/[^/]+\/src\/application\/[^/]+\.ts$/.test(path) && !/(ports|\.spec)\.ts$/.test(path))
    .filter((path) => !paths.has(path.replace(/\.ts$/, '.spec.ts')) && !paths.has(path.replace(/\.ts$/, '.int.spec.ts')));
};

interface Lock {
  readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>;
}

/**
 * Platform packages that the lockfile names but has no entry for: npm drops them silently when a release lacks one, and `npm ci` then fails
 * for everybody on that platform.
 */
export const missingPlatformPackages = ({ packages }: Lock): string[] =>
  Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages))
      .map((name) => `${path || 'the root'} names ${name}`),
  );
