// Writes the built site for services that are not beside it: `node services/web/site-for.mjs <new folder> '<addresses as JSON>'`.
// The addresses are those of public/config.json; the till reads them when it starts, and the site's rules let it call them and nothing else.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, text] = process.argv.slice(2);
const addresses = JSON.parse(text ?? 'null');
const { cart, receipt, token, scope } = addresses ?? {};
for (const [name, address] of Object.entries({ cart, receipt, token })) {
  if (!URL.canParse(address) || !/^https?:/.test(address) || address.endsWith('/')) throw new Error(`${name} is no http address without a slash at its end: ${address}`);
}
if (folder === undefined) throw new Error('Say which folder to write.');

cpSync(join(import.meta.dirname, 'dist'), folder, { recursive: true, errorOnExist: true, force: false });
writeFileSync(join(folder, 'config.json'), `${JSON.stringify({ cart, receipt, token, scope })}\n`);

const rulesFile = join(folder, 'staticwebapp.config.json');
const rules = JSON.parse(readFileSync(rulesFile, 'utf8'));
const origins = [...new Set([cart, receipt, token].map((address) => new URL(address).origin))];
rules.globalHeaders['content-security-policy'] += `; connect-src 'self' ${origins.join(' ')}`;
writeFileSync(rulesFile, `${JSON.stringify(rules, undefined, 2)}\n`);
