import type { Code } from '@checkout/contracts';

/** Why cart says no, before anything is stored: codes of the registry, which knows their words. */
export type RefusalCode = Extract<Code,
  | 'store-unknown'
  | 'sku-unknown'
  | 'barcode-taken'
  | 'product-repeated'
  | 'currency-mismatch'
  | 'total-mismatch'
  | 'money-overflow'
  | 'tender-mismatch'
  | 'quantity-invalid'
  | 'line-limit'
  | 'line-unknown'
  | 'basket-unknown'
  | 'basket-empty'
  | 'basket-closed'
  | 'idempotency-key-reused'
  | 'parked-sale-unknown'
  | 'parked-sales-full'>;

/** One place in the request that is wrong. `pointer` is a JSON pointer into the body (RFC 6901). */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

/** A refusal is a normal answer: nothing was stored, and the caller reads what to mend. */
export interface Refusal {
  readonly kind: 'refused';
  readonly code: RefusalCode;
  readonly detail: string;
  readonly faults: readonly Fault[];
}

export const refusal = (code: RefusalCode, detail: string, ...faults: readonly Fault[]): Refusal => ({ kind: 'refused', code, detail, faults });

export const isRefusal = (value: object): value is Refusal => 'kind' in value && value.kind === 'refused';
