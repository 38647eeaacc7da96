import { createServer, type Server } from 'node:http';
import { Api } from './api.ts';
import { Faults, type FaultRule } from './faults.ts';
import { Provider } from './provider.ts';
import { Webhooks, type WebhookOptions } from './webhooks.ts';

export interface ProviderOptions {
  /** 0 takes a free one. */
  readonly port?: number;
  readonly host?: string;
  /** Where the state is kept. */
  readonly directory: string;
  /** How long every POST takes at least. Default 20. */
  readonly latencyMs?: number;
  /** Whether `POST /faults` is served. Default true; the process serves it only with FAULTS=on. */
  readonly hasFaults?: boolean;
  readonly webhooks?: WebhookOptions | undefined;
}

export interface RunningProvider extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** Replaces the faults in force. */
  faults(rules: readonly FaultRule[]): void;
  close(): Promise<void>;
}

/** Starts the simulated payment provider. Resolves when it listens. */
export async function startProvider({ port = 0, host = '127.0.0.1', directory, latencyMs = 20, hasFaults = true, webhooks: options }: ProviderOptions): Promise<RunningProvider> {
  const provider = new Provider(directory, Math.min(latencyMs / 4, 5));
  const faults = new Faults();
  const webhooks = options && new Webhooks(options);
  const api = new Api(provider, latencyMs, hasFaults ? faults : undefined, webhooks);
  const server = createServer((request, response) => api.handle(request, response));
  // Clients keep their connections; closing an idle one would race with their next payment.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => void server.once('error', reject).listen(port, host, resolve));
  const close = once(async () => {
    await closed(server);
    await webhooks?.close();
    await provider.close();
  });
  const bound = portOf(server);
  return { port: bound, url: `http://${host}:${bound}`, faults: (rules) => faults.replace(rules), close, [Symbol.asyncDispose]: close };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The provider does not listen on a port.');
  return address.port;
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

const once = (work: () => Promise<void>): (() => Promise<void>) => {
  let running: Promise<void> | undefined;
  return () => (running ??= work());
};
