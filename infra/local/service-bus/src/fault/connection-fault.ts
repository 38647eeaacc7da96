import type { AmqpConnection } from '../amqp/connection.ts';
import type { FaultSpec } from './fault-spec.ts';
import type { Faults } from './faults.ts';

/** Unless told how long. */
const BLACK_HOLE_MS = 10_000;

/** What is done to the connections at once. An entity picks the connections that have a link to it. */
export function strikeConnections(connections: Iterable<AmqpConnection>, { fault, entity = '*', times = Number.POSITIVE_INFINITY, forMs = BLACK_HOLE_MS }: FaultSpec, faults: Faults): void {
  let struck = 0;
  for (const connection of connections) {
    if (struck >= times) return;
    if (!connection.hasLinkTo(entity)) continue;
    struck += 1;
    if (fault === 'detach') connection.detachLinks(entity);
    else if (fault === 'drop-connection') connection.close();
    else if (fault === 'black-hole') connection.fallSilent(forMs);
  }
  if (fault === 'black-hole' && entity === '*') faults.blackHoleUntil = Date.now() + forMs;
}
