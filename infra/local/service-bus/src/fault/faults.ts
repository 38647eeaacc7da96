import type { Content } from '../wire/content.ts';
import { ArmedFault } from './armed-fault.ts';
import type { FaultName, FaultRequest, FaultSpec } from './fault-spec.ts';
import { Throttle } from './throttle.ts';

/** The faults in force. Those that happen at once are not kept here: they are done to the connections when they are asked for. */
export class Faults {
  settlementDelayMs = 0;
  /** New connections fall into the black hole until then. */
  blackHoleUntil = 0;
  #armed: ArmedFault[] = [];
  readonly #throttles = new Map<ArmedFault, Throttle>();

  /** False costs the hot path one test. */
  get isAny(): boolean {
    return this.#armed.length > 0;
  }

  set({ clear, inject = [], serverBusySends, settlementDelayMs }: FaultRequest): void {
    if (clear) {
      this.#armed = [];
      this.#throttles.clear();
      this.settlementDelayMs = 0;
      this.blackHoleUntil = 0;
    }
    if (serverBusySends !== undefined) this.#armed = this.#armed.filter(({ spec }) => spec.fault !== 'server-busy');
    if (serverBusySends) this.#arm({ fault: 'server-busy', times: serverBusySends });
    if (settlementDelayMs !== undefined) this.settlementDelayMs = settlementDelayMs;
    for (const spec of inject) if (!isImmediate(spec)) this.#arm(spec);
  }

  #arm(spec: FaultSpec): void {
    const fault = new ArmedFault(spec);
    this.#armed.push(fault);
    if (spec.fault === 'throttle') this.#throttles.set(fault, new Throttle(spec.perSecond ?? 1));
  }

  /** Whether a fault of this kind is to happen to this entity now; uses one strike up. */
  strike(name: FaultName, entity: string, contents: readonly Content[] = [], on?: FaultSpec['on']): boolean {
    if (this.#armed.length === 0) return false;
    const chosen = this.#armed.find((each) => each.spec.fault === name && (on === undefined || each.spec.on === on) && each.isFor(entity, contents));
    if (!chosen?.strikes()) return false;
    this.#armed = this.#armed.filter(({ isOver }) => !isOver);
    return true;
  }

  /** @throws Refusal beyond the rate of a throttle in force. */
  throttle(entity: string, contents: readonly Content[]): void {
    for (const [fault, throttle] of this.#throttles) if (fault.isFor(entity, contents)) throttle.take(entity);
  }

  /** Runs `settle` now, or later when settlements are delayed. */
  onSettlement(settle: () => void): void {
    if (this.settlementDelayMs === 0) settle();
    else setTimeout(settle, this.settlementDelayMs);
  }

  /** For `GET /faults`. */
  inForce(): readonly (FaultSpec & { readonly struck: number })[] {
    return this.#armed.map(({ spec, struck }) => ({ ...spec, struck }));
  }
}

/** Done when asked for, and over. */
export const isImmediate = ({ fault, on = 'now' }: FaultSpec): boolean =>
  fault === 'detach' || fault === 'black-hole' || fault === 'expire-lock' || (fault === 'drop-connection' && on === 'now');
