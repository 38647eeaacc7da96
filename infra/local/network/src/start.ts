import { exitOnSignals } from './ending.ts';
import { prefixedLog } from './logs.ts';
import { Network } from './network.ts';
import { defaultStateDirectory } from './paths.ts';
import { seed } from './seed.ts';
import { serviceNames } from './site.ts';
import { Till, tillLink } from './till.ts';

const startedAt = performance.now();
const say = (text: string): void => void process.stdout.write(`${text}\n`);

let isStopping = false;
const leaveSignals = exitOnSignals();
const network = await Network.create({ stateDirectory: defaultStateDirectory, ports: 'fixed', hasTill: true, log: prefixedLog() }).catch((error: unknown) => {
  process.stderr.write(`The system did not start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
leaveSignals();
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
for (const { name } of network.processes()) {
  void network.child(name).exited().then(({ code, signal }) => {
    if (isStopping) return;
    process.stderr.write(`${name} ended by itself (${signal ?? code}); the rest is stopped.\n`);
    process.exitCode = 1;
    void stop();
  });
}
await seed(network);
const till = await Till.signIn(network, 'LEEDS-01-T1');

say(`
Scanlon Checkout is ready to sell (${((performance.now() - startedAt) / 1_000).toFixed(1)} s).

${serviceNames.map((name) => `  ${name.padEnd(13)} ${network.url(name)}   (docs ${network.url(name)}/openapi.json)`).join('\n')}
  desk          ${network.url('functions')}/v1/dead-letters/groups   (npm run desk -- groups)
  till          ${network.url('web')}   (open it by the link below, and this browser is a till)
  identity      ${network.url('identity')}
  provider      ${network.url('provider')}   (simulated; tok_declined, tok_slow, tok_timeout ... misbehave)
  Service Bus   ${network.serviceBusConnection}

A till's token (LEEDS-01-T1):
  ${till.token}

A till in a browser; the link sets it up, once. What is behind the # is not part of the address that is asked for, and is taken out of the address bar:
  ${tillLink(network, 'LEEDS-01-T2')}

Try, in another terminal:
  npm run sale

Ctrl-C stops everything; what was sold is still there at the next start. npm run reset forgets it.
`);

async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  await network.stop();
  process.exit();
}
