import type { AuthorizationRequest, RefundRequest } from './provider.ts';

/** A request that the provider cannot read. */
export class Invalid extends Error {
  override readonly name = 'Invalid';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export function authorizationRequestOf(body: unknown): AuthorizationRequest {
  const { currency, merchantAccount } = membersOf(body);
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) throw new Invalid('invalid_request', 'currency is three capital letters.');
  return {
    reference: referenceOf(body), amountMinor: amountOf(body), currency, cardToken: textOf(body, 'cardToken'),
    ...(merchantAccount !== undefined && { merchantAccount: textOf(body, 'merchantAccount') }),
  };
}

export const refundRequestOf = (body: unknown): RefundRequest => ({ reference: referenceOf(body), amountMinor: amountOf(body) });

export const referenceOf = (body: unknown): string => textOf(body, 'reference');

/** Whole minor units, more than none. */
export function amountOf(body: unknown): number {
  const { amountMinor } = membersOf(body);
  if (typeof amountMinor !== 'number' || !Number.isSafeInteger(amountMinor) || amountMinor <= 0) throw new Invalid('invalid_request', 'amountMinor is a positive whole number.');
  return amountMinor;
}

function textOf(body: unknown, name: string): string {
  const value = membersOf(body)[name];
  if (typeof value !== 'string' || value === '' || value.length > 200) throw new Invalid('invalid_request', `${name} is a text of 1 to 200 characters.`);
  return value;
}

function membersOf(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new Invalid('invalid_request', 'The body is a JSON object.');
  return body as Record<string, unknown>;
}
