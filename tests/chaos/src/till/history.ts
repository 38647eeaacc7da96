import type { PlannedSale } from '../plan/plan.ts';

/** What one request of a till came back with, as the till saw it. */
export interface Attempt {
  readonly at: number;
  readonly tookMs: number;
  /** `ok`: answered 2xx, or taken by the bus. `fail`: an error that says nothing was accepted. `info`: nobody knows. */
  readonly type: 'ok' | 'fail' | 'info';
  readonly status?: number;
  readonly code?: string;
  readonly outcome?: string;
  readonly moneyMoved?: string;
  /** Whether the body was a problem document or a checkout's status, and nothing else. */
  readonly isWellFormed: boolean;
  readonly saleId?: string;
  readonly totalMinor?: number;
  readonly acceptedAt?: string;
  readonly acceptedVia?: string;
  readonly isReplay?: boolean;
  readonly state?: string;
  readonly receiptNumber?: string;
  /** Sent on purpose with another body, or with a card number in it: it must be refused. */
  readonly mustRefuse?: 'other-body' | 'card-number';
}

/** Everything that happened to one command, from the till's side: the only truth that the system cannot have got wrong by itself. */
export interface Command {
  readonly commandId: string;
  readonly tenantId: string;
  readonly storeId: string;
  readonly tillId: string;
  readonly sale: PlannedSale;
  readonly attempts: Attempt[];
  /** The states that the till read of it afterwards, in order. */
  readonly seen: { readonly at: number; readonly state: string }[];
  /** The customer has left: nothing is sent again, whatever the last answer was. */
  isGivenUp: boolean;
}

export const isAccepted = ({ attempts }: Command): boolean => attempts.some(({ type, mustRefuse }) => type === 'ok' && mustRefuse === undefined);

/** Whether a sale may exist: somebody said yes, or nobody knows. */
export const mayExist = ({ attempts }: Command): boolean => attempts.some(({ type, mustRefuse }) => type !== 'fail' && mustRefuse === undefined);

export const totalOf = ({ tenders }: PlannedSale): number => tenders.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
