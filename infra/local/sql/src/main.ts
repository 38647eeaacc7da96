import { join } from 'node:path';
import { startAdmin } from './admin.ts';
import { Server } from './server.ts';

const log = (event: string, fields: Readonly<Record<string, unknown>> = {}) => {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), service: 'local-sql', event, ...fields })}\n`);
};

const { PORT = '1433', ADMIN_PORT, STATE_DIR = join(process.cwd(), '.state', 'sql'), DATABASES = 'master', SA_PASSWORD = 'Local-only-1', ENTRA_TOKEN, ENTRA_JWKS_URL, FAULTS } = process.env;
const databases = DATABASES.split(',').map((name) => name.trim()).filter((name) => name !== '');

const server = await Server.start({ port: Number(PORT), directory: STATE_DIR, databases, password: SA_PASSWORD, token: ENTRA_TOKEN, jwksUrl: ENTRA_JWKS_URL, log });
const admin = ADMIN_PORT === undefined ? undefined : await startAdmin(server, Number(ADMIN_PORT), FAULTS === 'on');
log('listening', { port: server.port, adminPort: admin?.port, databases });

let isStopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (isStopping) return;
    isStopping = true;
    log('stopping', { signal });
    void Promise.all([server.close(), admin?.close()]).then(() => {
      log('stopped');
      process.exit(0);
    });
  });
}
