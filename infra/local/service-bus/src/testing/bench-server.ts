import { startServiceBus } from '../server.ts';
import type { EmulatorConfig } from '../topology.ts';

/** The server of a measurement, which tells what CPU it has used. Arguments: its directory, its topology as JSON. */
const [, , directory = '', topology = ''] = process.argv;
const bus = await startServiceBus({ directory, topology: JSON.parse(topology) as EmulatorConfig });
process.on('message', (text) => {
  if (text === 'cpu') process.send?.(process.cpuUsage());
  // Exiting by itself lets --cpu-prof write its file.
  if (text === 'stop') void bus.close().then(() => process.disconnect());
});
process.send?.({ connectionString: bus.connectionString });
