import { startStaticWeb } from './server.ts';

const { PORT = '8080', HOST = '127.0.0.1', SITE_DIR, BACKENDS = '{}' } = process.env;
if (SITE_DIR === undefined) throw new Error('SITE_DIR must name the folder of the built site.');
const site = await startStaticWeb({ port: Number(PORT), host: HOST, directory: SITE_DIR, backends: JSON.parse(BACKENDS) as Record<string, string> });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void site.close().then(() => process.exit()));
