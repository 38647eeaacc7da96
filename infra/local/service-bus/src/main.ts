import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Principal } from './access.ts';
import { startServiceBus } from './server.ts';
import type { EmulatorConfig } from './topology.ts';

/** Azure Service Bus's own AMQP port. */
const DEFAULT_PORT = 5672;

const print = (event: string, detail: Readonly<Record<string, unknown>> = {}): void => {
  process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), event, ...detail })}\n`);
};

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`The environment variable ${name} is needed.`);
  return resolve(value);
}

/** Both files or neither; without them it makes its own. */
const certificate = process.env['TLS_CERTIFICATE'] || process.env['TLS_KEY']
  ? { cert: readFileSync(required('TLS_CERTIFICATE'), 'utf8'), key: readFileSync(required('TLS_KEY'), 'utf8') }
  : undefined;
const accessKey = process.env['ACCESS_KEY'];
/** Holds keys: it belongs to whoever runs this, and to nobody else. */
const access = process.env['ACCESS'] ? JSON.parse(readFileSync(required('ACCESS'), 'utf8')) as readonly Principal[] : undefined;

const serviceBus = await startServiceBus({
  port: Number(process.env['PORT'] ?? DEFAULT_PORT),
  directory: required('STATE_DIR'),
  topology: JSON.parse(readFileSync(required('TOPOLOGY'), 'utf8')) as EmulatorConfig,
  ...(accessKey ? { accessKeys: { [process.env['ACCESS_KEY_NAME'] ?? 'RootManageSharedAccessKey']: accessKey } } : {}),
  ...(access ? { access } : {}),
  ...(certificate ? { certificate } : {}),
  faultsOverHttp: process.env['FAULTS'] === 'on',
  onEvent: (event, detail) => {
    print(event, detail);
    // A disk that refuses writes is nothing to carry on with; a supervisor starts us again.
    if (event === 'log-failed') process.exitCode = 1;
  },
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    print('stopping', { signal });
    void serviceBus.close().then(() => process.exit(process.exitCode ?? 0));
  });
}
