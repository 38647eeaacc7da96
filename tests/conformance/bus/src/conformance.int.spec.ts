import type { ServiceBusClient } from '@azure/service-bus';
import { connect, withBus } from './harness/bus.ts';
import { discover } from './harness/discover.ts';
import { type Namespace, openNamespace } from './harness/namespace.ts';
import { platform, situationMs } from './harness/platform.ts';
import type { Source } from './situation.ts';

/** So many are asked for; `npm run conformance -- bus` names them all. */
const AT_LEAST = 100;

let namespace: Namespace;
let client: ServiceBusClient;

beforeAll(async () => {
  namespace = await openNamespace();
  client = connect(namespace.connectionString);
}, situationMs);

afterAll(async () => {
  await client.close();
  await namespace[Symbol.asyncDispose]();
});

const groups = discover();

// Most of a situation is waiting, so several run at a time, each with entities of its own.
for (const [group, situations] of groups) {
  describe(group, () => {
    for (const { promise, source, entities = {}, notOn, run } of situations) {
      const reason = notOn?.[platform];
      const declare = reason === undefined ? it.concurrent : it.skip;
      declare(`${promise}${remark(source, reason)}`, () => withBus(namespace, client, entities, run), situationMs);
    }
  });
}

it(`holds ${AT_LEAST} situations, each of its own promise`, () => {
  const promises = [...groups.values()].flat().map(({ promise }) => promise);
  expect(promises.length).toBeGreaterThanOrEqual(AT_LEAST);
  expect(new Set(promises).size).toBe(promises.length);
});

function remark({ kind }: Source, whyNotHere: string | undefined): string {
  if (whyNotHere !== undefined) return ` (not on ${platform}: ${whyNotHere})`;
  return kind === 'assumed' ? ' (assumed)' : '';
}
