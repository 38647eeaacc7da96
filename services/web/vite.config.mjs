import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { defineConfig } from 'vite';

const here = import.meta.dirname;
const source = (name) => join(here, '../../libs', name, 'src/index.ts');

/**
 * Writes the service worker: it keeps the whole site, which is a handful of files, so that a till starts without a line. Written by hand
 * instead of by Workbox, because this is all that it does.
 */
const offline = () => ({
  name: 'offline',
  generateBundle(_options, bundle) {
    const files = ['/', '/config.json', '/icon.svg', '/till.webmanifest', ...Object.keys(bundle).filter((name) => name !== 'index.html').map((name) => `/${name}`)];
    const version = createHash('sha256').update(Object.values(bundle).map((file) => file.code ?? file.source).join('\n')).digest('hex').slice(0, 12);
    this.emitFile({ type: 'asset', fileName: 'service-worker.js', source: worker(version, files) });
  },
});

const worker = (version, files) => `const cacheName = 'till-${version}';
const files = ${JSON.stringify(files)};
self.addEventListener('install', (event) => event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll(files)).then(() => self.skipWaiting())));
self.addEventListener('activate', (event) => event.waitUntil(
  caches.keys().then((names) => Promise.all(names.filter((name) => name !== cacheName).map((name) => caches.delete(name)))).then(() => self.clients.claim())));
self.addEventListener('fetch', (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== 'GET' || origin !== self.location.origin || pathname.startsWith('/api/')) return;
  if (pathname === '/config.json') return event.respondWith(newest(event.request));
  const kept = event.request.mode === 'navigate' ? '/' : pathname;
  event.respondWith(caches.match(kept, { cacheName }).then((answer) => answer ?? fetch(event.request)));
});
// Where the services are may change while the till's files do not. What is no answer of the site, as a hotel's sign-in page, is not kept.
const newest = async (request) => {
  const cache = await caches.open(cacheName);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(2_000) });
    if (answer.ok && answer.headers.get('content-type')?.startsWith('application/json')) {
      await cache.put('/config.json', answer.clone());
      return answer;
    }
  } catch {}
  return (await cache.match('/config.json')) ?? Response.error();
};
`;

export default defineConfig({
  root: here,
  plugins: [offline()],
  resolve: { alias: { '@checkout/kernel': source('kernel'), '@checkout/contracts': source('contracts') } },
  build: {
    target: 'es2024',
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // Mantine marks its modules for server components, which mean nothing here.
      onwarn: (warning, warn) => (warning.code === 'MODULE_LEVEL_DIRECTIVE' ? undefined : warn(warning)),
      // What the kernel has for Node only (hashes of the services) is left out when nothing here uses it.
      treeshake: { moduleSideEffects: (id) => !/\/libs\/(kernel|contracts)\/src\//.test(id) },
    },
  },
});
