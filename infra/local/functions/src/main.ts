// Runs a function app on this machine. APP_DIR, ENTRY (instead of package.json's main), PORT, HOST; everything else is the app's own settings.
import { resolve } from 'node:path';
import { startFunctionsHost } from './host.ts';

const { APP_DIR = '.', ENTRY, PORT = '7071', HOST = '127.0.0.1' } = process.env;

const host = await startFunctionsHost({
  appDirectory: resolve(APP_DIR),
  ...(ENTRY !== undefined && { entry: ENTRY }),
  port: Number(PORT),
  host: HOST,
  settings: process.env,
  log: (level, msg, detail = {}) => void process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), service: 'functions-host', level, msg, ...detail })}\n`),
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void host.stop().then(() => process.exit(0)));
