// Builds a defect into a service, in memory and for one process: `--import` this file with MUTANT in the environment. Only the harness knows it.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';
import { swcOptions } from '../../../../tools/swc-options.mjs';

const root = join(import.meta.dirname, '../../../..');
/** @type {readonly { readonly file: string, readonly find: string, readonly replace: string }[]} */
const edits = JSON.parse(process.env.MUTANT ?? '[]');
const edited = new Map();
for (const { file, find, replace } of edits) {
  const path = join(root, file);
  const text = edited.get(path) ?? readFileSync(path, 'utf8');
  if (text.split(find).length !== 2) throw new Error(`The defect does not fit ${file} any more: its text is there ${text.split(find).length - 1} times, not once.`);
  edited.set(path, text.replace(find, () => replace));
}

registerHooks({
  load(url, context, nextLoad) {
    const filename = url.startsWith('file:') ? fileURLToPath(url) : '';
    const text = edited.get(filename);
    if (text === undefined) return nextLoad(url, context);
    const { code } = transformSync(text, { ...swcOptions, filename, sourceMaps: 'inline', module: { type: 'es6' } });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
