import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseServiceBusConnectionString, ServiceBusAdministrationClient, type ServiceBusAdministrationClientOptions } from '@azure/service-bus';
import { givenConnectionString, platform } from './platform.ts';

/** A Service Bus namespace to run against. */
export interface Namespace extends AsyncDisposable {
  readonly connectionString: string;
  readonly administration: ServiceBusAdministrationClient;
}

export async function openNamespace(): Promise<Namespace> {
  if (givenConnectionString) {
    return { connectionString: givenConnectionString, administration: administrationOf(givenConnectionString), [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  return startStandIn();
}

/** Where Microsoft's emulator serves its administration, unless the connection string for it says otherwise. */
const EMULATOR_ADMINISTRATION_PORT = 5300;

/** The administration client asks for HTTPS always; the stand-in and the emulator speak HTTP, so there it gets an agent that does. */
function administrationOf(connectionString: string): ServiceBusAdministrationClient {
  if (platform === 'azure') return new ServiceBusAdministrationClient(connectionString);
  const agent = new Agent({ keepAlive: true });
  Object.assign(agent, { protocol: 'https:' });
  const options: ServiceBusAdministrationClientOptions & { agent: Agent } = { agent, retryOptions: { maxRetries: 0 } };
  return new ServiceBusAdministrationClient(platform === 'emulator' ? emulatorAdministration(connectionString) : connectionString, options);
}

function emulatorAdministration(connectionString: string): string {
  const given = process.env['SERVICEBUS_ADMINISTRATION_CONNECTION_STRING'];
  if (given) return given;
  const { endpoint } = parseServiceBusConnectionString(connectionString);
  return connectionString.replace(endpoint, `sb://${new URL(endpoint.replace(/^sb:/, 'http:')).hostname}:${EMULATOR_ADMINISTRATION_PORT}`);
}

const root = join(import.meta.dirname, '../../../../..');
const KEY_NAME = 'RootManageSharedAccessKey';
const KEY = 'a key that is checked';

/** The stand-in as anyone would run it: a process of its own, its keys checked, nothing declared. */
async function startStandIn(): Promise<Namespace> {
  const directory = mkdtempSync(join(tmpdir(), 'conformance-bus-'));
  const topology = join(directory, 'topology.json');
  writeFileSync(topology, JSON.stringify({ UserConfig: { Namespaces: [{ Name: 'conformance' }] } }));
  const child = spawn(process.execPath, ['--conditions=@checkout/source', '--import', join(root, 'tools/swc-hook.mjs'), join(root, 'infra/local/service-bus/src/main.ts')], {
    cwd: root,
    env: { ...process.env, PORT: '0', STATE_DIR: join(directory, 'state'), TOPOLOGY: topology, ACCESS_KEY_NAME: KEY_NAME, ACCESS_KEY: KEY },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const connectionString = `Endpoint=sb://localhost:${await portOf(child)};SharedAccessKeyName=${KEY_NAME};SharedAccessKey=${KEY};UseDevelopmentEmulator=true;`;
  return {
    connectionString,
    administration: administrationOf(connectionString),
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.kill('SIGTERM')) await once(child, 'exit');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function portOf({ stdout }: ChildProcess): Promise<number> {
  if (!stdout) throw new Error('The stand-in has no output to read.');
  for await (const line of createInterface(stdout)) {
    const { event, port } = JSON.parse(line) as { event: string; port: number };
    if (event !== 'listening') continue;
    stdout.resume();
    return port;
  }
  throw new Error('The stand-in ended before it listened.');
}
