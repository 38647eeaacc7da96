import { readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { swcOptions } from './tools/swc-options.mjs';

const root = import.meta.dirname;

/** Suites that run the whole system as processes of its own. */
const wholeSystem = ['tests/e2e', 'tests/till', 'tests/chaos'];

/** Every workspace with sources is a Jest project, so that one file, one project or everything can be run the same way. */
const projects = ['libs', 'services', 'infra/local', 'tests', 'tests/conformance']
  .flatMap((group) => readdirSync(join(root, group)).map((name) => join(root, group, name)))
  .filter((directory) => existsSync(join(directory, 'package.json')))
  .map((rootDir) => ({
    displayName: rootDir.slice(root.length + 1),
    rootDir,
    testMatch: ['<rootDir>/src/**/*.spec.ts'],
    transform: { '\\.ts$': [join(root, 'node_modules/@swc/jest'), { ...swcOptions, module: { type: 'commonjs' } }] },
    testEnvironment: 'node',
    testEnvironmentOptions: { customExportConditions: ['@checkout/source', 'node', 'node-addons'] },
    setupFilesAfterEnv: wholeSystem.includes(rootDir.slice(root.length + 1)) ? [join(root, 'tools/whole-system.setup.cjs')] : [],
  }));

export default { projects, testTimeout: 30_000 };
