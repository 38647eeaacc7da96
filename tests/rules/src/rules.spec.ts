import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { boundaryViolations } from './boundaries.ts';
import { purityViolations } from './purity.ts';
import { missingPlatformPackages, tidyViolations, useCasesWithoutSpec } from './tidy.ts';
import { projects, root, sourceFiles, type Project, type SourceFile } from './tree.ts';

const tree = sourceFiles();
const workspace = projects();

describe('the tree', () => {
  it('imports one way only', () => {
    expect(boundaryViolations(tree, workspace)).toEqual([]);
  });

  it('keeps its decisions pure', () => {
    expect(purityViolations(tree)).toEqual([]);
  });

  it('silences no check and leaves nothing undone without a number', () => {
    expect(tidyViolations(tree)).toEqual([]);
  });

  it('shows for every use case what it does', () => {
    expect(useCasesWithoutSpec(tree)).toEqual([]);
  });

  it('can be installed on every platform that its lockfile names', () => {
    expect(missingPlatformPackages(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')))).toEqual([]);
  });
});

/** A small workspace to plant violations in. */
const planted: Project[] = [
  { directory: 'libs/kernel', name: '@checkout/kernel', tags: ['layer:kernel'], dependencies: ['@checkout/sql'] },
  { directory: 'libs/sql', name: '@checkout/sql', tags: ['layer:platform'], dependencies: ['@checkout/kernel'] },
  { directory: 'services/cart', name: '@checkout/cart', tags: ['layer:service'], dependencies: ['@checkout/kernel', '@checkout/payment', '@checkout/local-sql'] },
  { directory: 'services/payment', name: '@checkout/payment', tags: ['layer:service'], dependencies: [] },
  { directory: 'services/web', name: '@checkout/web', tags: ['layer:web'], dependencies: ['@checkout/payment'] },
  { directory: 'infra/local/sql', name: '@checkout/local-sql', tags: ['layer:local'], dependencies: ['@checkout/sql'] },
  { directory: 'libs/untagged', name: '@checkout/untagged', tags: [], dependencies: ['@checkout/kernel'] },
];
const file = (path: string, text: string): SourceFile => ({ path, text });

describe('each rule fires on a planted violation', () => {
  it.each([
    ['a library that imports outward', file('libs/kernel/src/a.ts', "import { sql } from '@checkout/sql';"), 'may not import @checkout/sql'],
    ['a service that imports another', file('services/cart/src/transport/a.ts', "import { x } from '@checkout/payment';"), 'may not import @checkout/payment'],
    ['a service that reaches into another by path', file('services/cart/src/transport/a.ts', "import { x } from '../../../payment/src/domain/a.ts';"), 'reaches into @checkout/payment by path'],
    ['a service that knows a stand-in', file('services/cart/src/store/a.ts', "import { startSqlServer } from '@checkout/local-sql';"), 'may not import @checkout/local-sql'],
    ['a stand-in that shares code with its clients', file('infra/local/sql/src/a.ts', "import { sql } from '@checkout/sql';"), 'may not import @checkout/sql'],
    ['a till that knows a service', file('services/web/src/a.tsx', "import { x } from '@checkout/payment';"), 'in the layer web and may not import @checkout/payment'],
    ['an import that package.json does not declare', file('services/payment/src/domain/a.ts', "import { minor } from '@checkout/kernel';"), 'does not declare'],
    ['a project without a layer', file('libs/untagged/src/a.ts', "import { minor } from '@checkout/kernel';"), 'in the layer none'],
    ['a domain that looks outward', file('services/cart/src/domain/a.ts', "import { store } from '../store/sql-carts.ts';"), 'in domain/ and may not look into store/'],
    ['an application that looks into a store', file('services/cart/src/application/a.ts', "export { store } from '../store/sql-carts.ts';"), 'in application/ and may not look into store/'],
    ['a store that looks into the transport', file('services/cart/src/store/a.ts', "import '../transport/cart.controller.ts';"), 'in store/ and may not look into transport/'],
    ['a driver in the application', file('services/cart/src/application/a.ts', "import sql from 'mssql';"), 'drivers live in store/ and gateway/'],
    ['Nest away from the rim', file('services/cart/src/application/a.ts', "import { Injectable } from '@nestjs/common';"), 'Nest belongs in transport/'],
  ])('%s', (_what, broken, sentence) => {
    expect(boundaryViolations([broken], planted).join('\n')).toContain(sentence);
  });

  it.each([
    ['const now = Date.now();', 'reads the clock'],
    ['const id = randomUUID();', 'draws a random number'],
    ['export async function decide() {}', 'waits for something'],
    ["import { readFileSync } from 'node:fs';", 'touches the outside'],
  ])('a domain with `%s`', (text, sentence) => {
    expect(purityViolations([file('services/cart/src/domain/a.ts', text)]).join('\n')).toContain(sentence);
  });

  it.each([
    ['// TODO later', 'without an issue number'],
    ['// @ts-ignore', 'silences a check'],
    ["const path = '/home/someone/checkout';", 'names a path of one machine'],
    ["it.only('works', () => {});", 'skips or focuses a test'],
    ["it.skip('works', () => {});", 'skips or focuses a test'],
    ['const x = y as any;', 'gives up on types'],
  ])('a file with `%s`', (text, sentence) => {
    expect(tidyViolations([file('libs/kernel/src/a.ts', text)]).join('\n')).toContain(sentence);
  });

  it('a use case without a spec', () => {
    expect(useCasesWithoutSpec([file('services/cart/src/application/open-cart.ts', '')])).toEqual(['services/cart/src/application/open-cart.ts']);
  });

  it('a platform package that the lockfile has lost', () => {
    expect(missingPlatformPackages({ packages: { 'node_modules/tool': { optionalDependencies: { 'tool-darwin-arm64': '1.0.0' } } } })).toEqual(['node_modules/tool names tool-darwin-arm64']);
  });
});
