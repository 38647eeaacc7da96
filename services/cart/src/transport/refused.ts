import { isCode, Problem, type Code } from '@checkout/http';
import { CommitUnknown } from '@checkout/sql';
import { isRefusal, type Refusal, type RefusalCode } from '../domain/refusal.ts';

/** A refusal goes out under its own name where the registry of codes has it, else under that of its nearest kin. */
const kin: Readonly<Record<RefusalCode, Code>> = {
  'store-unknown': 'schema-violation',
  'sku-unknown': 'sku-unknown',
  'barcode-taken': 'schema-violation',
  'product-repeated': 'schema-violation',
  'currency-mismatch': 'currency-mismatch',
  'total-mismatch': 'total-mismatch',
  'money-overflow': 'money-overflow',
  'tender-mismatch': 'tender-mismatch',
  'quantity-invalid': 'quantity-invalid',
  'line-limit': 'line-limit',
  'line-unknown': 'not-found',
  'basket-unknown': 'not-found',
  'basket-empty': 'line-limit',
  'basket-closed': 'sale-state-conflict',
  'idempotency-key-reused': 'idempotency-key-reused',
};

export function problemOf({ code: name, detail, faults }: Refusal): Problem {
  const code: Code = isCode(name) ? name : kin[name];
  return new Problem(code, { detail, ...(faults.length > 0 && { errors: faults.map((fault) => ({ ...fault, code })) }) });
}

/**
 * The answer to an input, once it is durable; a refusal is thrown as a problem.
 * @throws Problem; accept-unknown when the commit's outcome could not be found out: the caller asks again under the same key.
 */
export async function answered<T extends object>(submitted: Promise<T | Refusal>): Promise<T> {
  const answer = await durable(submitted);
  if (isRefusal(answer)) throw problemOf(answer);
  return answer;
}

export async function durable<T>(submitted: Promise<T>): Promise<T> {
  try {
    return await submitted;
  } catch (error) {
    if (error instanceof CommitUnknown) throw new Problem('accept-unknown', { cause: error });
    throw error;
  }
}
