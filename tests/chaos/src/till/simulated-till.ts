import { setTimeout as sleep } from 'node:timers/promises';
import { uuidv7 } from '@checkout/kernel';
import type { PlannedSale } from '../plan/plan.ts';
import { Random } from '../random.ts';
import type { TillPlace } from '../world/shops.ts';
import type { BusDoor } from './bus-door.ts';
import type { FrontDoor } from './front-door.ts';
import { isAccepted, type Attempt, type Command } from './history.ts';
import { TillJournal } from './journal.ts';
import { Returns } from './returns.ts';

/** Tries while the customer waits; after that the sale is kept and sent when it can be. */
const onlineTries = 3;

export interface TillParts {
  readonly place: TillPlace;
  readonly frontDoor: FrontDoor;
  readonly busDoor: BusDoor;
  readonly journalFile: string;
  readonly seed: number;
}

/**
 * A till as it stands in a shop (fault matrix §3.5): makes the command's id before it first sends, keeps it in a journal, sends again under
 * the same id until it is answered, and now and then does what tills and people do: taps twice, restarts, loses its network, walks away.
 */
export class SimulatedTill {
  readonly commands: Command[] = [];
  readonly #parts: TillParts;
  readonly #random: Random;
  readonly #journal: TillJournal;
  readonly #returns: Returns;
  #offlineUntil = 0;
  /** Commands whose customer still stands there; the forwarder leaves them alone. */
  readonly #atTheCounter = new Set<string>();

  constructor(parts: TillParts) {
    this.#parts = parts;
    this.#random = new Random(parts.seed, `till ${parts.place.tillId}`);
    this.#journal = new TillJournal(parts.journalFile);
    this.#returns = new Returns(parts.frontDoor);
  }

  get place(): TillPlace {
    return this.#parts.place;
  }

  /** Sells once. Resolves when the customer has left, however it went. */
  async sell(sale: PlannedSale): Promise<void> {
    const command: Command = { commandId: uuidv7(), ...this.#parts.place, sale, attempts: [], seen: [], isGivenUp: false };
    this.commands.push(command);
    this.#journal.begin(command.commandId, sale);
    if (sale.manner === 'card-number') {
      command.attempts.push(await this.#parts.frontDoor.submit(command.commandId, sale, 'card-number'));
      command.isGivenUp = true;
      return this.#journal.end(command.commandId);
    }
    if (sale.manner === 'offline') this.#offlineUntil = Date.now() + this.#random.int(1_000, 5_000);
    if (Date.now() < this.#offlineUntil) return;
    this.#atTheCounter.add(command.commandId);
    try {
      await (sale.manner === 'restart' ? this.#sendAndRestart(command) : this.#online(command));
    } finally {
      this.#atTheCounter.delete(command.commandId);
    }
  }

  /**
   * Sends what the journal has and nobody has answered, as a till does when its network is back and when it starts.
   * @returns whether nothing is left.
   */
  async forward(): Promise<boolean> {
    if (Date.now() < this.#offlineUntil) return false;
    for (const { commandId } of this.#journal.open()) {
      const command = this.commands.find((each) => each.commandId === commandId);
      if (command && !command.isGivenUp && !this.#atTheCounter.has(commandId)) await this.#try(command);
    }
    const isAnswered = await this.#returns.take(this.commands);
    return isAnswered && this.#journal.open().every(({ commandId }) => this.commands.find((each) => each.commandId === commandId)?.isGivenUp ?? false);
  }

  /** Reads how each accepted checkout stands, and keeps what it read. */
  async look(): Promise<void> {
    for (const command of this.commands.filter(isAccepted)) {
      const answer = await this.#parts.frontDoor.status(command.commandId);
      if (answer?.status === 200) command.seen.push({ at: Date.now(), state: String(answer.body.state) });
      else if (answer) command.seen.push({ at: Date.now(), state: `status ${answer.status}` });
    }
  }

  async #online(command: Command): Promise<void> {
    const { sale } = command;
    if (sale.manner === 'twice') await Promise.all([this.#try(command), this.#try(command)]);
    for (let attempt = sale.manner === 'twice' ? 2 : 1; attempt <= onlineTries && !isAccepted(command); attempt += 1) {
      await this.#try(command);
      if (sale.manner === 'gives-up') break;
      if (!isAccepted(command)) await sleep(this.#random.int(100, 400) * attempt);
    }
    if (sale.manner === 'gives-up') {
      command.isGivenUp = true;
      this.#journal.end(command.commandId);
    }
    if (sale.manner === 'other-body' && isAccepted(command)) command.attempts.push(await this.#parts.frontDoor.submit(command.commandId, sale, 'other-body'));
  }

  /** Sends, and is switched off before the answer can be read; comes back with its journal and nothing else. */
  async #sendAndRestart(command: Command): Promise<void> {
    const { at } = await this.#parts.frontDoor.submit(command.commandId, command.sale);
    command.attempts.push({ at, tookMs: 0, type: 'info', isWellFormed: true });
    await sleep(this.#random.int(50, 300));
    await this.#try(command);
  }

  async #try(command: Command): Promise<void> {
    const { place, frontDoor, busDoor } = this.#parts;
    const { commandId, sale } = command;
    const attempt: Attempt = sale.route === 'bus' ? await busDoor.submit(place, commandId, sale) : await frontDoor.submit(commandId, sale);
    command.attempts.push(attempt);
    if (attempt.type === 'ok') this.#journal.end(commandId);
    // A definite no that no repetition can change: the till shows it, and the sale is over.
    else if (attempt.status !== undefined && attempt.status >= 400 && attempt.status < 500 && attempt.status !== 409 && attempt.status !== 429 && attempt.status !== 408) {
      command.isGivenUp = true;
      this.#journal.end(commandId);
    }
  }
}
