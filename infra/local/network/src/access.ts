import { createHash } from 'node:crypto';
import { azureServiceBus } from '@checkout/contracts';
import type { ServiceName } from './site.ts';

/** Who connects to the bus with rights of its own: the services and the desk. */
export type BusUser = ServiceName | 'functions';

/** As the bus stand-in reads it (`ACCESS`). */
interface Principal {
  readonly name: string;
  readonly key?: string;
  readonly grants: readonly { readonly right: 'Listen' | 'Send' | 'Manage'; readonly entity?: string }[];
}

/** For those who look at the system from outside: tools, tests, the benchmark. No service has it. */
export const rootPolicy = { name: 'RootManageSharedAccessKey', key: 'SAS_KEY_VALUE' } as const;

/** Born on this machine with its clients, and of no use elsewhere. */
export const busKeyOf = (user: BusUser, secret: string): string => createHash('sha256').update(`bus ${user} ${secret}`).digest('base64');

/** The client id of a service's identity, which on Azure is given and here follows from its name. */
export const clientIdOf = (user: BusUser): string => createHash('sha256').update(`identity ${user}`).digest('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5');

/**
 * What each service may do with the bus: what infra/azure assigns it, from the same list, and nothing else. A service that does more fails here and
 * not first on Azure.
 */
export function busAccess(secret: string): Principal[] {
  const { senders, receivers } = azureServiceBus();
  const names = new Set([...senders, ...receivers].map(({ service }) => service as BusUser));
  const users = [...names].flatMap((user): Principal[] => {
    const grants = [
      ...senders.filter(({ service }) => service === user).map(({ topic }) => ({ right: 'Send', entity: topic }) as const),
      ...receivers.filter(({ service }) => service === user).map(({ topic, subscription }) => ({ right: 'Listen', entity: `${topic}/Subscriptions/${subscription}` }) as const),
    ];
    // By its key, or as its identity: the same rights.
    return [{ name: user, key: busKeyOf(user, secret), grants }, { name: clientIdOf(user), grants }];
  });
  return [{ ...rootPolicy, grants: [{ right: 'Manage' }] }, ...users];
}
