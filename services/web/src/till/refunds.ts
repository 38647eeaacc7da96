import type { http } from '@checkout/contracts';
import type { CommandId, MoneyBack } from '@checkout/kernel';
import type { BackEnd } from '../api/back-end.ts';
import { newCommandId } from '../device/command-id.ts';
import { comesTo, receiptNumberIn, type Returned } from '../sale/refund-form.ts';
import type { Shifts } from './shifts.ts';
import type { Shown } from './shown.ts';
import { sleep } from './sleep.ts';

/** A refund that has been asked for. It is kept until its end is known, so that a tab that is loaded anew asks after the same one. */
export interface AskedRefund {
  readonly commandId: CommandId;
  readonly body: http.RefundBody;
}

/** Where the refund at the counter stands. Absent: none was begun. */
export interface RefundDesk {
  readonly receipt?: http.RefundableView;
  readonly asked?: AskedRefund;
  readonly steps: readonly string[];
  readonly status?: http.RefundStatus;
  readonly creditNote?: string;
  /** `unreachable`: before anything was asked for. `checking`: asked for, and nobody can say yet. Otherwise a code of the catalogue of errors. */
  readonly notice?: 'unreachable' | 'checking' | 'not-a-number' | { readonly code: string };
}

const empty: RefundDesk = { steps: [] };
const keptAs = 'scanlon-till-refund';
const againMs = 1_500;

/**
 * Gives goods and money of a past sale back. Unlike a sale it needs the back end: only that knows what has come back already. Asked for once, the same command is
 * sent again until its end is known; nothing here ever makes a second one of it.
 */
export class Refunds {
  readonly #shown: Shown;
  readonly #backEnd: BackEnd;
  readonly #shifts: Shifts;
  readonly #stopping: AbortSignal;

  constructor(shown: Shown, backEnd: BackEnd, shifts: Shifts, stopping: AbortSignal) {
    this.#shown = shown;
    this.#shifts = shifts;
    this.#backEnd = backEnd;
    this.#stopping = stopping;
  }

  /** A refund that this device has asked for, and whose end it has not heard. */
  start(): void {
    const kept = localStorage.getItem(keptAs);
    if (kept !== null) void this.#settle(JSON.parse(kept) as AskedRefund);
  }

  async lookUp(text: string): Promise<void> {
    const wanted = receiptNumberIn(text);
    const storeId = this.#shown.view.catalogue?.store.storeId;
    if (!wanted || storeId === undefined) return this.#set({ ...empty, notice: 'not-a-number' });
    const found = await this.#backEnd.saleOfReceipt(storeId, wanted.series, wanted.number);
    if (found === undefined) return this.#set({ ...empty, notice: 'unreachable' });
    if (found.saleId === undefined) return this.#set({ ...empty, notice: { code: 'refund-sale-unknown' } });
    await this.begin(found.saleId);
  }

  async begin(saleId: string): Promise<void> {
    this.#set(empty);
    const receipt = await this.#backEnd.refundable(saleId);
    this.#set(receipt ? { ...empty, receipt } : { ...empty, notice: 'unreachable' });
  }

  /** Asks for it, once however often it is pressed. */
  async ask(returned: readonly Returned[], moneyBack: MoneyBack, reason: string): Promise<void> {
    const { receipt, asked } = this.desk;
    if (!receipt || asked || returned.length === 0) return;
    const { totalMinor } = comesTo(receipt, returned, moneyBack);
    const shiftId = this.#shown.view.book.drawer.open?.opened.shiftId;
    const body: http.RefundBody = { saleId: receipt.saleId, lines: [...returned], moneyBack, totalMinor, reason, ...(shiftId !== undefined && { shiftId }) };
    await this.#settle({ commandId: newCommandId(), body });
  }

  /** For the next customer. */
  done(): void {
    this.#set(undefined);
  }

  get desk(): RefundDesk {
    return this.#shown.view.refund ?? empty;
  }

  /** Stays with a refund until its end is known. Written down before it is first sent. */
  async #settle(asked: AskedRefund): Promise<void> {
    localStorage.setItem(keptAs, JSON.stringify(asked));
    const { receipt } = this.desk;
    this.#set({ ...empty, asked, ...(receipt && { receipt }) });
    for (let isFollowed = false; !this.#stopping.aborted; await sleep(againMs, this.#stopping)) {
      const answer = await this.#backEnd.refund(asked.commandId, asked.body);
      if (answer.kind === 'refused') {
        localStorage.removeItem(keptAs);
        return this.#set({ ...this.desk, asked: undefined, notice: { code: answer.refusal.code } });
      }
      if (answer.kind === 'later') {
        this.#set({ ...this.desk, notice: 'checking' });
        continue;
      }
      if (await this.#tell(answer.value)) return;
      if (isFollowed) continue;
      isFollowed = true;
      for await (const told of this.#backEnd.followRefund(asked.commandId, this.#stopping)) {
        if (!('event' in told)) {
          if (await this.#tell(told)) return;
        } else if (told.event === 'succeeded' && told.step !== undefined) {
          this.#set({ ...this.desk, steps: [...this.desk.steps, told.step] });
        }
      }
    }
  }

  /** @returns whether it has ended */
  async #tell(status: http.RefundStatus): Promise<boolean> {
    const isOver = status.state === 'completed' || status.state === 'declined';
    this.#set({ ...this.desk, status, notice: undefined });
    if (!isOver) return false;
    // In the drawer's book before it is forgotten: a tab that dies in between finds it there, and enters nothing twice.
    const { asked } = this.desk;
    if (asked && status.state === 'completed') await this.#shifts.handOver(asked.commandId, status.cashMinor, status.creditNoteNumber ?? status.refundId, asked.body.shiftId);
    localStorage.removeItem(keptAs);
    const creditNote = status.state === 'completed' ? await this.#backEnd.creditNoteText(status.refundId) : undefined;
    if (creditNote !== undefined) this.#set({ ...this.desk, creditNote });
    return true;
  }

  #set(refund: { readonly [Name in keyof RefundDesk]: RefundDesk[Name] | undefined } & Pick<RefundDesk, 'steps'> | undefined): void {
    this.#shown.set({ refund: refund && (Object.fromEntries(Object.entries(refund).filter(([, value]) => value !== undefined)) as unknown as RefundDesk) });
  }
}
