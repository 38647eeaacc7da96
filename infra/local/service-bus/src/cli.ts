import { ServiceBusClient } from '@azure/service-bus';
import { countsOf, listEntities } from './cli/entities.ts';
import { peek, purge, send, tail } from './cli/messages.ts';

const usage = `Looks into a running service bus stand-in.

  ls                        entities and how many messages they hold
  peek <entity> [count]     its first messages, without taking them (10)
  tail <entity>             its messages as they come, without taking them
  send <entity> <body> [name=value ...]
                            one message; messageId, subject, sessionId, correlationId and contentType are its own, others application properties
  purge <entity>            takes every message that can be had and throws it away

<entity> is a queue, a topic (send only), <topic>/<subscription>, or one of them with /$dlq at its end.
The address is taken from SERVICEBUS_CONNECTION_STRING, or is localhost on PORT (5672).
`;

const connectionString = process.env['SERVICEBUS_CONNECTION_STRING']
  ?? `Endpoint=sb://localhost:${process.env['PORT'] ?? 5672};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=${process.env['ACCESS_KEY'] ?? 'SAS_KEY_VALUE'};UseDevelopmentEmulator=true;`;

/** Also what `purge` waits for one more session. */
const TIMEOUT_MS = 3000;

const [command, entity, ...rest] = process.argv.slice(2);
try {
  process.exitCode = await run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function run(): Promise<number> {
  if (command === 'ls') {
    await listEntities(connectionString);
    return 0;
  }
  if (entity === undefined) {
    process.stdout.write(usage);
    return command === undefined || command === 'help' ? 0 : 2;
  }
  const client = new ServiceBusClient(connectionString, { retryOptions: { maxRetries: 0, timeoutInMs: TIMEOUT_MS } });
  const known = await countsOf(connectionString);
  try {
    switch (command) {
      case 'peek':
        await peek(client, known, entity, Number(rest[0] ?? 10));
        return 0;
      case 'tail':
        await tail(client, known, entity);
        return 0;
      case 'send':
        await send(client, known, entity, rest);
        return 0;
      case 'purge':
        await purge(client, known, entity);
        return 0;
      default:
        process.stdout.write(usage);
        return 2;
    }
  } finally {
    await client.close();
  }
}
