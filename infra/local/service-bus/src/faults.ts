import { condition, Refusal } from './errors.ts';

/** What `POST /faults` can ask for. Counts and delays stay in force until they are used up or set again. */
export interface FaultRequest {
  /** Close every connection without a word, as a lost network would. */
  readonly dropConnections?: boolean;
  /** Detach every receiving and sending link of this entity, or of all with "*", as the service does when it moves an entity. */
  readonly detachLinks?: string;
  /** Answer the next sends with server-busy. */
  readonly serverBusySends?: number;
  /** Hold back every settlement and every acknowledgement of a send by this many milliseconds. */
  readonly settlementDelayMs?: number;
}

/** The faults in force (specification §12 "idle", §13). */
export class Faults {
  #busySends = 0;
  settlementDelayMs = 0;

  set({ serverBusySends, settlementDelayMs }: FaultRequest): void {
    if (serverBusySends !== undefined) this.#busySends = serverBusySends;
    if (settlementDelayMs !== undefined) this.settlementDelayMs = settlementDelayMs;
  }

  /** @throws Refusal while sends are to be refused. */
  beforeSend(): void {
    if (this.#busySends === 0) return;
    this.#busySends -= 1;
    throw new Refusal(condition.serverBusy, 'The server was unable to process the request; please retry the operation (fault injected).');
  }

  /** Runs `settle` now, or later when settlements are delayed. */
  onSettlement(settle: () => void): void {
    if (this.settlementDelayMs === 0) settle();
    else setTimeout(settle, this.settlementDelayMs);
  }
}
