import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStaticWeb, type RunningStaticWeb } from './index.ts';

let directory: string;
let backend: Server;
let site: RunningStaticWeb;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'checkout-site-'));
  mkdirSync(join(directory, 'assets'));
  writeFileSync(join(directory, 'index.html'), '<h1>Till</h1>');
  // The rules that the till is deployed with.
  copyFileSync(join(import.meta.dirname, '../../../../services/web/public/staticwebapp.config.json'), join(directory, 'staticwebapp.config.json'));
  writeFileSync(join(directory, 'assets', 'till-1a2b.js'), 'export {};');
  backend = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(202, { location: '/v1/x' }).end(`${request.method} ${request.url} ${request.headers['idempotency-key'] ?? ''}`));
  });
  await new Promise<void>((resolve) => void backend.listen(0, '127.0.0.1', resolve));
  const address = backend.address();
  const url = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '';
  site = await startStaticWeb({ directory, backends: { cart: url, receipt: 'http://127.0.0.1:1' } });
});
afterAll(async () => {
  await site.close();
  backend.closeAllConnections();
  await new Promise((resolve) => void backend.close(resolve));
  rmSync(directory, { recursive: true });
});

it('serves files for good when their name says their content, and the page for every other address', async () => {
  const script = await fetch(`${site.url}/assets/till-1a2b.js`);
  expect([script.headers.get('content-type'), script.headers.get('cache-control')]).toEqual(['text/javascript; charset=utf-8', 'public, max-age=31536000, immutable']);
  const page = await fetch(`${site.url}/sales`);
  expect(await page.text()).toBe('<h1>Till</h1>');
  expect(page.headers.get('cache-control')).toBe('no-cache');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
});

it('has no page for a script that is gone, and shows nobody its rules', async () => {
  expect((await fetch(`${site.url}/assets/till-gone.js`)).status).toBe(404);
  expect(await (await fetch(`${site.url}/staticwebapp.config.json`)).text()).toBe('<h1>Till</h1>');
});

it.each([
  ['a rule that is not kept to here', { auth: {} }, /auth is not known here/],
  ['a part of one that is not', { routes: [{ route: '/admin', allowedRoles: ['administrator'] }] }, /routes.allowedRoles is not known here/],
  ['a star in the middle, which Azure does not take', { routes: [{ route: '/*/assets' }] }, /is no address/],
])('does not serve a site with %s', async (_, rules, says) => {
  const other = mkdtempSync(join(tmpdir(), 'checkout-site-'));
  writeFileSync(join(other, 'staticwebapp.config.json'), JSON.stringify(rules));
  await expect(startStaticWeb({ directory: other, backends: {} })).rejects.toThrow(says);
  rmSync(other, { recursive: true });
});

it('passes calls of the API on as they are, and their answers back', async () => {
  const answer = await fetch(`${site.url}/api/cart/v1/checkouts?a=1`, { method: 'POST', headers: { 'idempotency-key': 'k' }, body: '{}' });
  expect([answer.status, answer.headers.get('location'), await answer.text()]).toEqual([202, '/v1/x', 'POST /v1/checkouts?a=1 k']);
});

it('answers 502 for a back end that is away, and 404 for one that there is not', async () => {
  expect((await fetch(`${site.url}/api/receipt/v1/receipts/1`)).status).toBe(502);
  expect((await fetch(`${site.url}/api/payment/v1`)).status).toBe(404);
});

it('reaches no file outside its folder', async () => {
  const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
    void import('node:http').then(({ request }) => request(`${site.url}/x`, { path: '/../../etc/passwd' }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk)).on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    }).on('error', reject).end());
  });
  expect([status, text]).toEqual([200, '<h1>Till</h1>']);
});
