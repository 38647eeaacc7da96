import { join } from 'node:path';

export const root = join(import.meta.dirname, '../../../..');
/** Everything that `npm start` keeps: databases, messages, keys. One folder, ignored by git, removed by `npm run reset`. */
export const defaultStateDirectory = process.env['STATE_DIR'] ?? join(root, '.state');
