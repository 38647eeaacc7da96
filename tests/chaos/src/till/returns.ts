import { uuidv7 } from '@checkout/kernel';
import type { FrontDoor } from './front-door.ts';
import { isAccepted, type Command } from './history.ts';

/** What a till knows of a refund that it has asked for. */
interface Return {
  readonly commandId: string;
  readonly body: Readonly<Record<string, unknown>>;
  isAnswered: boolean;
}

/**
 * Customers who come back with goods: a till looks up what was sold, asks for the refunds that the plan has for the sale, all at once, and asks for each
 * again under the same id until it is answered.
 */
export class Returns {
  readonly #frontDoor: FrontDoor;
  readonly #looked = new Set<string>();
  readonly #returns: Return[] = [];

  constructor(frontDoor: FrontDoor) {
    this.#frontDoor = frontDoor;
  }

  /** Each sale once, when it is known to be done. @returns whether nothing is left to be asked for or to be answered */
  async take(commands: readonly Command[]): Promise<boolean> {
    const awaited = commands.filter((command) => command.sale.comesBack && isAccepted(command) && !this.#looked.has(command.commandId));
    for (const command of awaited) await this.#consider(command);
    await Promise.all(this.#returns.filter(({ isAnswered }) => !isAnswered).map(async (each) => {
      each.isAnswered = await this.#frontDoor.refund(each.commandId, each.body);
    }));
    return awaited.every(({ commandId }) => this.#looked.has(commandId)) && this.#returns.every(({ isAnswered }) => isAnswered);
  }

  async #consider({ commandId, sale: { comesBack = [] } }: Command): Promise<void> {
    const status = await this.#frontDoor.status(commandId);
    if (status?.status !== 200 || status.body.state === 'accepted' || status.body.state === 'needs-attention') return;
    if (status.body.state !== 'completed') return void this.#looked.add(commandId);
    const { saleId } = status.body;
    const sold = await this.#frontDoor.refundable(String(saleId));
    if (!sold) return;
    this.#looked.add(commandId);
    for (const { moneyBack, ...pieces } of comesBack) {
      const totalMinor = pieces.quantity * (sold.lines[pieces.line - 1]?.unitPriceMinor ?? 0);
      this.#returns.push({ commandId: uuidv7(), isAnswered: false, body: { saleId, totalMinor, reason: 'Chaos', lines: [pieces], moneyBack } });
    }
  }
}
