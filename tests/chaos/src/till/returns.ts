import { uuidv7 } from '@checkout/kernel';
import type { Random } from '../random.ts';
import type { FrontDoor } from './front-door.ts';
import { isAccepted, type Command } from './history.ts';

/** Of a hundred sales so many come back, in part or whole. */
const percent = 15;

/** What a till knows of a refund that it has asked for. */
interface Return {
  readonly commandId: string;
  readonly body: Readonly<Record<string, unknown>>;
  isAnswered: boolean;
}

/** Customers who come back with goods: a till looks up what was sold, asks for a refund, and asks again under the same id until it is answered. */
export class Returns {
  readonly #frontDoor: FrontDoor;
  readonly #random: Random;
  readonly #looked = new Set<string>();
  readonly #returns: Return[] = [];

  constructor(frontDoor: FrontDoor, random: Random) {
    this.#frontDoor = frontDoor;
    this.#random = random;
  }

  /** Each sale once, when it is known to be done. @returns whether every refund that was asked for has been answered */
  async take(commands: readonly Command[]): Promise<boolean> {
    for (const command of commands) if (isAccepted(command) && !this.#looked.has(command.commandId)) await this.#consider(command);
    for (const each of this.#returns.filter(({ isAnswered }) => !isAnswered)) each.isAnswered = await this.#frontDoor.refund(each.commandId, each.body);
    return this.#returns.every(({ isAnswered }) => isAnswered);
  }

  async #consider({ commandId }: Command): Promise<void> {
    const status = await this.#frontDoor.status(commandId);
    if (status?.status !== 200 || status.body.state === 'accepted' || status.body.state === 'needs-attention') return;
    this.#looked.add(commandId);
    if (status.body.state !== 'completed' || this.#random.int(1, 100) > percent) return;
    const sold = await this.#frontDoor.refundable(String(status.body.saleId));
    const [line] = sold?.lines ?? [];
    if (!line) return;
    const quantity = this.#random.int(1, line.quantity);
    this.#returns.push({
      commandId: uuidv7(), isAnswered: false,
      body: {
        saleId: status.body.saleId, totalMinor: quantity * line.unitPriceMinor, reason: 'Chaos',
        lines: [{ line: 1, quantity, goods: this.#random.int(1, 2) === 1 ? 'restock' : 'write-off' }], moneyBack: this.#random.int(1, 4) === 1 ? 'cash' : 'original',
      },
    });
  }
}
