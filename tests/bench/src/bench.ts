import { Caller, exitOnSignals, Network, quietLog, TemporaryDirectory } from '@checkout/local-network';
import { violations } from '@checkout/tests-e2e';
import { measure } from './measure.ts';
import { readOptions } from './options.ts';
import { stockTheShops, storeId, writeClients } from './shop.ts';
import { Subscriber } from './subscriber.ts';
import { Tills } from './tills.ts';

/** Closed-loop tills against the whole system in real processes; prints one JSON line for each level, and fails when money, stock or numbers do not balance. */
const options = readOptions(process.argv.slice(2));
exitOnSignals();
using stateDirectory = new TemporaryDirectory('checkout-bench-');
const { log, last } = quietLog();
writeClients(stateDirectory.path, options);

try {
  await using network = await Network.create({ stateDirectory: stateDirectory.path, ports: 'free', log, providerLatencyMs: options.providerLatencyMs, environment: { LOG_LEVEL: 'warn' }, ...(options.profile !== undefined && { nodeOptions: ['--cpu-prof', `--cpu-prof-dir=${options.profile}`] }) });
  await stockTheShops(network, options);
  const tills = await Tills.open(network, options);
  const subscriber = new Subscriber(network.serviceBusConnection);
  // A system that has just started runs code that is not compiled yet: without this the first level would measure the compiler.
  await measure(network, tills, subscriber, { inflight: 64, warmUpSeconds: 0, seconds: options.heatSeconds });
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const inflight of options.levels) {
      const figures = await measure(network, tills, subscriber, { inflight, warmUpSeconds: options.warmUpSeconds, seconds: options.seconds });
      process.stdout.write(`${JSON.stringify({ ...figures, round, seed: options.seed })}\n`);
    }
  }
  const found = await violations(await Caller.signIn(network, 'operator'), Array.from({ length: options.stores }, (_, index) => storeId(index)));
  const { completed, cancelled, repeated } = subscriber.counts;
  process.stdout.write(`${JSON.stringify({ bench: 'invariants', completed, cancelled, repeatedEvents: repeated, notEnded: subscriber.waiting.length, violations: found })}\n`);
  if (found.length > 0 || subscriber.waiting.length > 0) process.exitCode = 1;
  await Promise.all([tills.close(), subscriber.close()]);
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n\nThe last lines of the system:\n${last()}\n`);
}
