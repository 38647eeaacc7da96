import { rmSync } from 'node:fs';
import { defaultStateDirectory } from './paths.ts';

rmSync(defaultStateDirectory, { recursive: true, force: true });
process.stdout.write('The state of the local system is gone; the next npm start begins with full shelves.\n');
