import { codes, Problem, type Code } from './index.ts';

/**
 * The status of every code ever published. Lines are added here and never changed or removed:
 * tills in the field, dashboards and runbooks match on them.
 */
const published: Readonly<Record<Code, number>> = {
  'json-invalid': 400, 'json-too-deep': 400, 'json-duplicate-key': 400, 'json-number-invalid': 400, 'charset-invalid': 400, 'body-missing': 400, 'body-too-large': 413,
  'body-truncated': 400, 'schema-violation': 422, 'unknown-field': 422, 'media-type-unsupported': 415, 'not-acceptable': 406, 'encoding-unsupported': 415,
  'method-not-allowed': 405, 'not-found': 404, 'uri-too-long': 414, 'headers-too-large': 431, 'header-invalid': 400, 'host-invalid': 400, 'request-timeout': 408,
  'expectation-failed': 417, 'protocol-error': 400, 'idempotency-key-missing': 400, 'idempotency-key-invalid': 400, 'idempotency-key-reused': 409,
  'idempotency-in-progress': 409, 'money-invalid': 422, 'money-overflow': 422, 'currency-invalid': 422, 'currency-mismatch': 422, 'total-mismatch': 422,
  'quantity-invalid': 422, 'line-limit': 422, 'sku-unknown': 422, 'price-changed': 422, 'tender-unsupported': 422, 'tender-mismatch': 422, 'pan-detected': 422,
  'offline-limit-exceeded': 422, 'clock-implausible': 422, 'till-sequence-repeated': 409, 'store-mismatch': 403, 'sale-state-conflict': 409, 'refund-exceeds-sale': 422,
  'auth-missing': 401, 'auth-invalid': 401, 'auth-expired': 401, 'auth-not-yet-valid': 401, 'scope-missing': 403, 'tenant-suspended': 403, 'webhook-signature-invalid': 401,
  'webhook-timestamp-stale': 401, 'webhook-target-forbidden': 422, 'cursor-invalid': 400, 'replay-forbidden': 403, 'version-unsupported': 400, 'rate-limited': 429,
  overloaded: 503, 'dependency-unavailable': 503, 'accept-unknown': 503, internal: 500, 'store-unknown': 422, 'basket-closed': 409, 'basket-empty': 422,
  'basket-unknown': 404, 'line-unknown': 404, 'barcode-taken': 422, 'product-repeated': 422,
};

it('keeps the status of every published code', () => {
  expect(Object.fromEntries(Object.entries(codes).map(([code, { status }]) => [code, status]))).toEqual(published);
});

it('tells for every code what to do', () => {
  for (const { title, action } of Object.values(codes)) {
    expect(title).not.toMatch(/\.$/);
    expect(action).toMatch(/\.$/);
  }
});

it('is retryable only where the same request may succeed later', () => {
  const retryable = Object.entries(codes).filter(([, meaning]) => meaning.retryable).map(([code]) => code);
  expect(retryable.sort()).toEqual(['accept-unknown', 'body-truncated', 'dependency-unavailable', 'idempotency-in-progress', 'internal', 'overloaded', 'rate-limited', 'request-timeout']);
});

it('says that nothing happened unless that is not known', () => {
  expect(new Problem('total-mismatch').document('/v1/checkouts', 't')).toEqual({
    type: 'https://errors.scanlon-checkout.dev/total-mismatch', title: 'The total is not what the lines add up to', status: 422, instance: '/v1/checkouts', code: 'total-mismatch',
    traceId: 't', retryable: false, outcome: 'not_accepted', moneyMoved: 'no', action: 'Price the basket again and show the customer the new total.',
  });
  expect(new Problem('internal').document('/', 't')).toMatchObject({ outcome: 'unknown', moneyMoved: 'unknown' });
});

it('does not let extensions replace what every problem has', () => {
  expect(new Problem('not-found', { extensions: { status: 200, sale: '/v1/sales/1' } }).document('/', 't')).toMatchObject({ status: 404, sale: '/v1/sales/1' });
});
