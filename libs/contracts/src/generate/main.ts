import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorsPage } from './errors-page.ts';
import { generatedFiles } from './files.ts';

const directory = join(import.meta.dirname, '../../generated');
rmSync(directory, { recursive: true, force: true });
for (const [path, content] of generatedFiles()) {
  const file = join(directory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
writeFileSync(join(import.meta.dirname, '../../../../docs/errors.md'), errorsPage());
