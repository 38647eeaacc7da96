import { randomUUID } from 'node:crypto';
import type { ServiceBusAdministrationClient } from '@azure/service-bus';
import type { Entities } from '../situation.ts';

/** Entities of this run, and of no other that uses the same namespace. */
const run = randomUUID().slice(0, 8);
let situations = 0;

/** What a situation declared, as it is called in the namespace. */
export interface MadeEntities extends AsyncDisposable {
  /** @throws when nothing of this name was declared. */
  nameOf(declared: string): string;
}

/** Makes what is declared: targets of forwarding before what forwards to them. */
export async function makeEntities(administration: ServiceBusAdministrationClient, { queues = {}, topics = {} }: Entities): Promise<MadeEntities> {
  situations += 1;
  const names = new Map([...Object.keys(queues), ...Object.keys(topics)].map((declared) => [declared, `conformance-${run}-${situations}-${declared}`]));
  const nameOf = (declared: string): string => {
    const name = names.get(declared);
    if (name === undefined) throw new Error(`The situation declares no queue or topic '${declared}'.`);
    return name;
  };
  const targeted = <T extends Forwarding>(options: T): T => ({
    ...options,
    ...(options.forwardTo === undefined ? {} : { forwardTo: nameOf(options.forwardTo) }),
    ...(options.forwardDeadLetteredMessagesTo === undefined ? {} : { forwardDeadLetteredMessagesTo: nameOf(options.forwardDeadLetteredMessagesTo) }),
  });
  const removals: (() => Promise<unknown>)[] = [];
  const makeQueue = async (declared: string): Promise<void> => {
    await administration.createQueue(nameOf(declared), targeted(queues[declared] ?? {}));
    removals.push(() => administration.deleteQueue(nameOf(declared)));
  };
  const dispose = async (): Promise<void> => { await Promise.all(removals.map((remove) => remove())); };
  try {
    await Promise.all(Object.keys(queues).filter((declared) => !forwards(queues[declared])).map(makeQueue));
    await Promise.all(Object.entries(topics).map(async ([declared, { subscriptions: _subscriptions, ...options }]) => {
      await administration.createTopic(nameOf(declared), options);
      removals.push(() => administration.deleteTopic(nameOf(declared)));
    }));
    for (const declared of Object.keys(queues).filter((each) => forwards(queues[each]))) await makeQueue(declared);
    for (const [topic, { subscriptions }] of Object.entries(topics)) {
      await Promise.all(Object.entries(subscriptions).map(([name, options]) => administration.createSubscription(nameOf(topic), name, targeted(options))));
    }
  } catch (error) {
    await dispose();
    throw error;
  }
  return { nameOf, [Symbol.asyncDispose]: dispose };
}

interface Forwarding {
  readonly forwardTo?: string;
  readonly forwardDeadLetteredMessagesTo?: string;
}

const forwards = (options: Forwarding | undefined): boolean => options?.forwardTo !== undefined || options?.forwardDeadLetteredMessagesTo !== undefined;
