import { setTimeout as sleep } from 'node:timers/promises';
import type { SeenBreaker, SeenOperation } from '../world/event-log.ts';
import { breakersOf, type World } from '../world/world.ts';

/** Something that the system itself said, about which layer. */
export interface Evidence {
  readonly at: number;
  readonly layer: string;
  /** Who said it: a service, by an event on `operations`, its readiness, or its log. */
  readonly by: string;
  readonly what: string;
  /** An event of a breaker says more than a line in a log. */
  readonly weight: number;
}

/** Watches what the services say about themselves, from outside and knowing nothing of what was done to them. */
export class Watch {
  readonly #world: World;
  readonly #states: { readonly at: number; readonly name: string; readonly state: string }[] = [];
  readonly #last = new Map<string, string>();
  #isOver = false;
  readonly #running: Promise<void>;

  constructor(world: World) {
    this.#world = world;
    this.#running = this.#look();
  }

  /** Everything said between two moments, oldest first. */
  between(from: number, to: number): Evidence[] {
    const isThen = ({ at }: { readonly at: number }) => at >= from && at <= to;
    const { events, log } = this.#world;
    return [
      ...events.breakers.filter(isThen).filter(({ state }) => state === 'open').map(({ at, service, dependency, cause }): Evidence => (
        { at, layer: layerOf(dependency), by: `${service} (operations event)`, what: `breaker ${dependency} opened${cause === undefined ? '' : `: ${cause}`}`, weight: 100 })),
      ...events.operations.filter(isThen).flatMap(fromOperation),
      ...this.#states.filter(isThen).filter(({ state }) => state === 'open').map(({ at, name }): Evidence => (
        { at, layer: layerOf(name), by: `${name.split('/')[0]} (readiness)`, what: `breaker ${name} is open`, weight: 50 })),
      ...log.kept.filter(isThen).flatMap(({ at, program, line }) => fromLog(at, program, line)),
    ].toSorted((a, b) => a.at - b.at);
  }

  /** Changes of the breakers: as the services told the operators, or else as their readiness showed them, four times a second. */
  breakersBetween(from: number, to: number): SeenBreaker[] {
    const told = this.#world.events.breakers;
    const seen = this.#states.map(({ at, name, state }): SeenBreaker => ({ at, service: name.split('/')[0] ?? '', dependency: name, state }));
    return (told.length > 0 ? told : seen).filter(({ at }) => at >= from && at <= to).toSorted((a, b) => a.at - b.at);
  }

  async close(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  async #look(): Promise<void> {
    while (!this.#isOver) {
      for (const [name, state] of await breakersOf(this.#world.network)) {
        if (this.#last.get(name) === state) continue;
        if (this.#last.has(name)) this.#states.push({ at: Date.now(), name, state });
        this.#last.set(name, state);
      }
      await sleep(250);
    }
  }
}

/** What services say of the bus and the partner: clients that had to be replaced, requests that nobody answered. */
function fromOperation({ at, type, service, told }: SeenOperation): Evidence[] {
  const by = `${service} (operations event)`;
  const cause = String(told['cause'] ?? '');
  if (type.startsWith('operations.client-rebuilt') && told['client'] === 'bus') return [{ at, layer: 'Service Bus', by, what: `its client was replaced: ${cause}`, weight: 20 }];
  if (type.startsWith('operations.dependency-slowed')) return [{ at, layer: layerOf(String(told['dependency'])), by, what: `answers of ${String(told['dependency'])} take more than ${String(told['expectedMs'])} ms`, weight: 5 }];
  if (!type.startsWith('operations.outcome-unknown')) return [];
  if (told['kind'] === 'send') return [{ at, layer: 'Service Bus', by, what: `a send to ${String(told['subject'])} was not answered`, weight: 2 }];
  return told['kind'] === 'payment' ? [{ at, layer: 'payment provider', by, what: `a payment was not answered: ${cause}`, weight: 2 }] : [];
}

/** What a name of a breaker or dependency is about: `payment/work` is payment's database, `payment/provider` its partner. */
function layerOf(name: string): string {
  if (/provider/.test(name)) return 'payment provider';
  if (/\bbus\b|service-bus/i.test(name)) return 'Service Bus';
  const service = /(cart|orchestrator|inventory|payment|receipt)/.exec(name)?.[1];
  return service === undefined ? name : `database of ${service}`;
}

/** A service's own words for who is to blame, from its errors. */
function fromLog(at: number, program: string, line: string): Evidence[] {
  if (!line.startsWith('{')) return [];
  let entry: Readonly<Record<string, unknown>>;
  try {
    entry = JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return [];
  }
  const message = String(entry['msg'] ?? '');
  const said = (layer: string, what: string): Evidence[] => [{ at, layer, by: `${program} (log)`, what, weight: 1 }];
  if (message.includes('breaker opened')) return [{ at, layer: layerOf(String(entry['breaker'] ?? program)), by: `${program} (log)`, what: `breaker ${String(entry['breaker'])} opened`, weight: 20 }];
  if (/nobody knows what the provider did|provider answered slowly/.test(message)) return said('payment provider', message);
  const { type, code } = (entry['err'] ?? {}) as { readonly type?: string; readonly code?: string };
  if (type === 'ServiceBusError' || type === 'MessagingError' || code === 'ServiceCommunicationProblem') return said('Service Bus', `${type}: ${message}`);
  return [];
}

export interface Diagnosis {
  readonly layer: string;
  readonly firstAt: number;
  /** The weightiest thing that was said of it. */
  readonly strongest: Evidence;
  /** How often something was said of it, and which programs did. */
  readonly pieces: number;
  readonly from: readonly string[];
}

/** The layer that the weight of the evidence points to; undefined when nobody said anything. */
export function diagnose(evidence: readonly Evidence[]): Diagnosis | undefined {
  const weights = new Map<string, number>();
  for (const { layer, weight } of evidence) weights.set(layer, (weights.get(layer) ?? 0) + weight);
  const [layer] = [...weights].toSorted(([, a], [, b]) => b - a)[0] ?? [];
  const own = evidence.filter((each) => each.layer === layer);
  const [first] = own;
  if (layer === undefined || !first) return undefined;
  const strongest = own.toSorted((a, b) => b.weight - a.weight)[0] ?? first;
  return { layer, firstAt: first.at, strongest, pieces: own.length, from: [...new Set(own.map(({ by }) => by.split(' ')[0] ?? by))] };
}
