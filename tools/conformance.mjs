// `npm run conformance -- bus|sql`: the situations the stand-ins promise to share with the real services, run against the stand-in, or against
// the real service named by SERVICEBUS_CONNECTION_STRING or MSSQL_URL.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pinnedNode, root } from './node-runtime.mjs';

const [subject, ...args] = process.argv.slice(2);
const settings = { bus: 'SERVICEBUS_CONNECTION_STRING', sql: 'MSSQL_URL' };
if (!(subject in settings)) {
  console.error('Say which one: npm run conformance -- bus, or npm run conformance -- sql.');
  process.exit(2);
}
console.log(`Conformance of ${subject} against ${process.env[settings[subject]] ? `the service named by ${settings[subject]}` : 'the stand-in'}.`);
const { status } = spawnSync(pinnedNode(), [join(root, 'tools/run.mjs'), 'jest', `tests/conformance/${subject}`, ...args], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
