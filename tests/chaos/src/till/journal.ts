import { appendFileSync, closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { PlannedSale } from '../plan/plan.ts';

/**
 * What a till keeps on its own disk: the command before it is sent, and that it was answered. A till that restarts reads what was never
 * answered and sends it again under the same id.
 */
export class TillJournal {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** On the disk when it returns: nothing is sent before. */
  begin(commandId: string, sale: PlannedSale): void {
    const descriptor = openSync(this.#file, 'a');
    writeSync(descriptor, `${JSON.stringify({ commandId, sale })}\n`);
    fsyncSync(descriptor);
    closeSync(descriptor);
  }

  /** May be lost in a crash; then the command is sent once more, which does no harm. */
  end(commandId: string): void {
    appendFileSync(this.#file, `${JSON.stringify({ ended: commandId })}\n`);
  }

  /** What was begun and never answered, oldest first. A last line that was cut off was never sent. */
  open(): readonly { readonly commandId: string; readonly sale: PlannedSale }[] {
    const begun = new Map<string, PlannedSale>();
    const lines = existsSync(this.#file) ? readFileSync(this.#file, 'utf8').split('\n').slice(0, -1) : [];
    for (const line of lines) {
      const entry = JSON.parse(line) as { commandId: string; sale: PlannedSale } | { ended: string };
      if ('ended' in entry) begun.delete(entry.ended);
      else begun.set(entry.commandId, entry.sale);
    }
    return [...begun].map(([commandId, sale]) => ({ commandId, sale }));
  }
}
