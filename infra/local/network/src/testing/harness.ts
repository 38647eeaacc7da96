import { reservePorts } from '../addresses.ts';
import { Child } from '../child.ts';
import { exitOnSignals } from '../ending.ts';
import { TemporaryDirectory } from '../temporary-directory.ts';

/** Starts one program, says where it is, and waits to be interrupted. */
exitOnSignals();
const directory = new TemporaryDirectory('checkout-harness-');
const { ports, release } = await reservePorts();
release();
const child = new Child({
  name: 'provider', file: 'infra/local/provider/src/main.ts', healthUrl: `http://127.0.0.1:${ports.provider}/health`, environment: { PORT: String(ports.provider), STATE_DIR: directory.path },
}, () => {});
await child.ready();
process.stdout.write(`${JSON.stringify({ port: ports.provider, directory: directory.path })}\n`);
