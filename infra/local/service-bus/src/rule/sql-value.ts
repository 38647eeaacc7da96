import type { AmqpValue } from '../wire/decode.ts';

/** What an expression can be. `undefined` is *unknown*: a missing property, or an operation between types that do not mix. */
export type SqlValue = string | number | bigint | boolean | Date | Buffer | undefined;

export function sqlValue(value: AmqpValue): SqlValue {
  if (value === null) return undefined;
  if (typeof value !== 'object' || value instanceof Date || Buffer.isBuffer(value)) return value;
  return undefined;
}

/** -1, 0, 1, or undefined when the two cannot be compared. Numbers compare across widths; there is no conversion between types. */
export function compare(left: SqlValue, right: SqlValue): number | undefined {
  if (isNumber(left) && isNumber(right)) return left < right ? -1 : left > right ? 1 : 0;
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  if (left instanceof Date && right instanceof Date) return Math.sign(left.getTime() - right.getTime());
  if (Buffer.isBuffer(left) && Buffer.isBuffer(right)) return left.compare(right);
  return undefined;
}

export const isNumber = (value: SqlValue): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';

/** `+` joins strings; otherwise both sides must be numbers. Division by zero is unknown rather than infinite. */
export function calculate(operator: string, left: SqlValue, right: SqlValue): SqlValue {
  if (operator === '+' && typeof left === 'string' && typeof right === 'string') return left + right;
  if (!isNumber(left) || !isNumber(right)) return undefined;
  if (typeof left === 'bigint' && typeof right === 'bigint') return calculateExactly(operator, left, right);
  const [a, b] = [Number(left), Number(right)];
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      if (b === 0) return undefined;
      return Number.isInteger(a) && Number.isInteger(b) ? Math.trunc(a / b) : a / b;
    case '%':
      return b === 0 ? undefined : a % b;
    default:
      return undefined;
  }
}

function calculateExactly(operator: string, a: bigint, b: bigint): SqlValue {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0n ? undefined : a / b;
    case '%':
      return b === 0n ? undefined : a % b;
    default:
      return undefined;
  }
}
