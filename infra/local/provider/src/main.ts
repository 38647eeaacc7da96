// The simulated payment provider as a process of its own. PORT, HOST, STATE_DIR, LATENCY_MS, FAULTS (on),
// WEBHOOK_URL with WEBHOOK_SECRETS (separated by commas) and WEBHOOK_EVENTS (all, undelivered).
import { startProvider } from './server.ts';

const { PORT = '7080', HOST = '127.0.0.1', STATE_DIR = '.state/provider', LATENCY_MS = '20', FAULTS, WEBHOOK_URL, WEBHOOK_SECRETS = '', WEBHOOK_EVENTS } = process.env;

const provider = await startProvider({
  port: Number(PORT), host: HOST, directory: STATE_DIR, latencyMs: Number(LATENCY_MS), hasFaults: FAULTS === 'on',
  ...(WEBHOOK_URL !== undefined && { webhooks: { url: WEBHOOK_URL, secrets: WEBHOOK_SECRETS.split(','), events: WEBHOOK_EVENTS === 'all' ? 'all' : 'undelivered' } }),
});
process.stdout.write(`${JSON.stringify({ service: 'provider', msg: 'listening', port: provider.port })}\n`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void provider.close().then(() => process.exit(0)));
