import type { SqlType } from '../value/sql-type.ts';
import { compileBatch, type BatchPlan } from './compile.ts';

const CAPACITY = 2000;
/** In characters. A longer text is a list somebody wrote out, and hardly comes twice. */
const LONGEST = 50_000;

export interface Parameter { readonly name: string; readonly type: SqlType }

/** tedious declares these by the length of each value, so no plan may depend on it: they count as (MAX). */
export const hasFreeLength = ({ kind }: SqlType) => kind === 'varchar' || kind === 'nvarchar' || kind === 'varbinary';

const signatures = new WeakMap<readonly Parameter[], string>();

/** Parameter types as far as a plan depends on them. */
export function signatureOf(parameters: readonly Parameter[]): string {
  const known = signatures.get(parameters);
  if (known !== undefined) return known;
  const signature = parameters.map(({ name, type }) => `${name} ${type.kind} ${hasFreeLength(type) ? '' : type.length},${type.precision},${type.scale}`).join(';');
  signatures.set(parameters, signature);
  return signature;
}

/** Plans by SQL text and parameter types. Steps of a plan note the catalog they were compiled for and compile again for another. */
export class PlanCache {
  readonly #plans = new Map<string, Map<string, BatchPlan>>();

  get(sql: string, signature: string, parameters: readonly Parameter[]): BatchPlan {
    const bySignature = this.#plans.get(sql);
    const known = bySignature?.get(signature);
    if (known) return known;
    const plan = compileBatch(sql, parameters);
    if (sql.length > LONGEST) return plan;
    if (this.#plans.size >= CAPACITY) this.#plans.clear();
    const bucket = this.#plans.get(sql) ?? new Map<string, BatchPlan>();
    bucket.set(signature, plan);
    this.#plans.set(sql, bucket);
    return plan;
  }
}
