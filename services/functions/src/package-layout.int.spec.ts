import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { TestDesk } from './testing/desk.ts';

const app = join(import.meta.dirname, '..');
const root = join(app, '../..');
const read = (file: string): unknown => JSON.parse(readFileSync(join(app, file), 'utf8'));

describe('the function app', () => {
  it('is laid out as Azure loads it: host.json of version 2 beside a package.json whose main is what the sources are compiled to', () => {
    expect(read('host.json')).toMatchObject({ version: '2.0', extensions: { http: { routePrefix: 'v1' }, serviceBus: { autoCompleteMessages: true } } });
    const { main, type } = read('package.json') as { main: string; type: string };
    expect([type, main]).toEqual(['module', 'dist/functions.js']);
    // `tools/image.mjs` puts what `src/<name>.ts` is compiled to into `dist/<name>.js`.
    expect(readFileSync(join(app, main.replace('dist/', 'src/').replace('.js', '.ts')), 'utf8')).toContain("from '@azure/functions'");
  });

  it('registers all of its functions by being loaded, and serves them', async () => {
    await using desk = await TestDesk.start();
    const url = 'http://127.0.0.1:9';
    const host = spawn(process.execPath, ['--conditions=@checkout/source', '--disable-warning=ExperimentalWarning', '--import', './tools/swc-hook.mjs', 'infra/local/functions/src/main.ts'], {
      cwd: root,
      env: {
        PATH: process.env['PATH'], APP_DIR: app, ENTRY: 'src/functions.ts', PORT: '0', SERVICE_BUS_CONNECTION: desk.busConnection, SQL_CONNECTION: desk.databaseConnection, LOG_LEVEL: 'error',
        AUTH_ISSUER: url, AUTH_AUDIENCE: 'api://desk', AUTH_JWKS_URL: `${url}/jwks`, CART_URL: url, ORCHESTRATOR_URL: url, INVENTORY_URL: url, PAYMENT_URL: url, RECEIPT_URL: url,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      let listening: { readonly port: number; readonly functions: readonly string[] } | undefined;
      for await (const line of createInterface({ input: host.stdout })) {
        const said = JSON.parse(line) as { msg?: string; port: number; functions: string[] };
        if (said.msg === 'listening') listening = said;
        if (listening) break;
      }

      expect(listening?.functions.toSorted()).toEqual([
        'approve-plan', 'cancel-plan', 'dry-run', 'hear-operations', 'index-new-dead-letters', 'list-dead-letters', 'list-groups', 'list-items', 'list-plans', 'make-plan', 'metrics',
        'notice-gone-dead-letters', 'openapi', 'pause-plan', 'read-audit', 'restore', 'run-plans', 'show-plan', 'start-plan', 'verify-audit',
      ]);
      const at = `http://127.0.0.1:${listening?.port}/v1`;
      const [metrics, groups] = [await fetch(`${at}/metrics`), await fetch(`${at}/dead-letters/groups`)];
      expect([metrics.status, await metrics.text(), groups.status]).toEqual([200, expect.stringContaining('dead_letters_waiting'), 401]);
    } finally {
      host.kill('SIGKILL');
      await once(host, 'exit');
    }
  }, 60_000);
});
