/** What a caller reads about one error code. `outcome` and `moneyMoved` are what holds unless the thrower knows better. */
export interface CodeMeaning {
  readonly status: number;
  readonly title: string;
  /** What the person at the till, or the caller's developer, should do. */
  readonly action: string;
  /** The same request may succeed later, unchanged and under the same idempotency key. */
  readonly retryable: boolean;
}

const fix = 'Correct the request and send it again.';
const again = 'Send the same request again, with the same idempotency key.';
const support = 'Do not charge again. Look the sale up, and call support with the trace id.';
const signIn = 'Sign the till in again.';

const no = (status: number, title: string, action: string = fix): CodeMeaning => ({ status, title, action, retryable: false });
const later = (status: number, title: string, action: string = again): CodeMeaning => ({ status, title, action, retryable: true });

/**
 * The registry of error codes. Append-only: a code never changes its status or its meaning and never goes away,
 * because tills in the field, dashboards and runbooks match on it.
 */
export const codes = {
  'json-invalid': no(400, 'The body is not valid JSON'),
  'json-too-deep': no(400, 'The JSON is nested too deeply'),
  'json-duplicate-key': no(400, 'The JSON names one member twice'),
  'json-number-invalid': no(400, 'The JSON holds a number that cannot be kept exactly'),
  'charset-invalid': no(400, 'The body is not valid UTF-8'),
  'body-missing': no(400, 'The body is missing'),
  'body-too-large': no(413, 'The body is too large'),
  'body-truncated': later(400, 'The body ended early'),
  'schema-violation': no(422, 'The request does not have the required form'),
  'unknown-field': no(422, 'The request has a field that is not known'),
  'media-type-unsupported': no(415, 'The media type is not supported', 'Send application/json in UTF-8.'),
  'not-acceptable': no(406, 'The answer cannot be given in an accepted media type', 'Accept application/json.'),
  'encoding-unsupported': no(415, 'The content encoding is not supported', 'Send the body uncompressed.'),
  'method-not-allowed': no(405, 'The resource does not have this method'),
  'not-found': no(404, 'There is nothing here', 'Check the address and the id.'),
  'uri-too-long': no(414, 'The address is too long'),
  'headers-too-large': no(431, 'The headers are too large'),
  'header-invalid': no(400, 'A header is malformed'),
  'host-invalid': no(400, 'The host is not one of ours'),
  'request-timeout': later(408, 'The request did not arrive in time'),
  'expectation-failed': no(417, 'The expectation cannot be met'),
  'protocol-error': no(400, 'The request is not valid HTTP'),
  'idempotency-key-missing': no(400, 'The idempotency key is missing', 'Send the command id that the till made and kept.'),
  'idempotency-key-invalid': no(400, 'The idempotency key is malformed', 'Send the command id that the till made and kept.'),
  'idempotency-key-reused': no(409, 'The idempotency key was used for another request', 'Look the first sale up before starting a new one under a new key.'),
  'idempotency-in-progress': later(409, 'A request with this key is being handled'),
  'money-invalid': no(422, 'An amount is malformed', 'Send whole minor units.'),
  'money-overflow': no(422, 'An amount is too large'),
  'currency-invalid': no(422, 'The currency is not known'),
  'currency-mismatch': no(422, 'The currencies differ'),
  'total-mismatch': no(422, 'The total is not what the lines add up to', 'Price the basket again and show the customer the new total.'),
  'quantity-invalid': no(422, 'A quantity is out of range'),
  'line-limit': no(422, 'The basket has too few or too many lines', 'Split the sale.'),
  'sku-unknown': no(422, 'A product is not in the catalogue', 'Remove the product or reload the catalogue.'),
  'price-changed': no(422, 'A price has changed', 'Price the basket again and show the customer the new total.'),
  'tender-unsupported': no(422, 'A means of payment is not supported', 'Ask for another means of payment.'),
  'tender-mismatch': no(422, 'The payments do not add up to the total'),
  'pan-detected': no(422, 'The request holds a card number', 'Never send card numbers. Send the token that the card reader made.'),
  'offline-limit-exceeded': no(422, 'The offline sale is above the limit'),
  'clock-implausible': no(422, 'The time is not plausible', 'Check the clock of the till.'),
  'till-sequence-repeated': no(409, 'The till has used this sequence number', 'Look the first sale up before starting a new one.'),
  'store-mismatch': no(403, 'The caller may not act for this store', signIn),
  'sale-state-conflict': no(409, 'The state of the sale does not allow this', 'Look the sale up.'),
  'refund-exceeds-sale': no(422, 'The refund is more than what is left of the sale'),
  'auth-missing': no(401, 'No credentials', signIn),
  'auth-invalid': no(401, 'The credentials are not accepted', signIn),
  'auth-expired': no(401, 'The credentials have expired', signIn),
  'auth-not-yet-valid': no(401, 'The credentials are not valid yet', 'Check the clock, then sign the till in again.'),
  'scope-missing': no(403, 'The caller may not do this', 'Ask an administrator for the permission.'),
  'tenant-suspended': no(403, 'The account is suspended', 'Call support.'),
  'webhook-signature-invalid': no(401, 'The signature is not right'),
  'webhook-timestamp-stale': no(401, 'The signature is too old'),
  'webhook-target-forbidden': no(422, 'The address may not be called'),
  'cursor-invalid': no(400, 'The cursor is not valid', 'Start from the first page.'),
  'replay-forbidden': no(403, 'The message may not be replayed'),
  'version-unsupported': no(400, 'The version is not supported'),
  'rate-limited': later(429, 'Too many requests', 'Wait as long as Retry-After says, then send the same request again.'),
  overloaded: later(503, 'The service is at its limit', 'Wait as long as Retry-After says, then send the same request again.'),
  'dependency-unavailable': later(503, 'A part of the service is down', 'Nothing was accepted. Keep the sale at the till and send it again under the same key.'),
  'accept-unknown': later(503, 'It is not known whether the request was accepted', again),
  internal: later(500, 'Something went wrong on our side', support),
  'store-unknown': no(422, 'The store is not set up', 'Set the store up first, or sign the till in at its own store.'),
  'basket-closed': no(409, 'The basket has been checked out', 'Open a new basket.'),
  'basket-empty': no(422, 'The basket is empty'),
  'basket-unknown': no(404, 'There is no such basket', 'Open a new basket.'),
  'line-unknown': no(404, 'The basket has no such line'),
  'barcode-taken': no(422, 'The barcode belongs to another product'),
  'product-repeated': no(422, 'The page names one product twice'),
} as const satisfies Record<string, CodeMeaning>;

export type Code = keyof typeof codes;

export const isCode = (value: unknown): value is Code => typeof value === 'string' && Object.hasOwn(codes, value);

export const meaningOf = (code: Code): CodeMeaning => codes[code];
