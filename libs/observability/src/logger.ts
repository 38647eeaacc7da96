import { pino, stdSerializers, stdTimeFunctions, type DestinationStream, type Level, type Logger as PinoLogger } from 'pino';
import { maskPans } from './pan.ts';
import { StandardOutput } from './standard-output.ts';

/** One JSON line per call. By convention the fields are `tenantId`, `storeId`, `saleId` and `traceId`, and an error is `err`. */
export type Logger = PinoLogger;

/** Fields that are never written, at the top or one level down. Their values are secrets or card data whatever they look like. */
const secrets = ['authorization', 'cookie', 'token', 'accessToken', 'secret', 'password', 'connectionString', 'pan', 'cardNumber', 'cardToken', 'cvv', 'cvc', 'trackData', 'email'];

export interface LoggerOptions {
  readonly service: string;
  /** Default: `LOG_LEVEL`, or `info`. */
  readonly level?: Level | 'silent';
  /** Default: standard output, written without blocking and flushed at exit; while it takes nothing, lines are dropped. */
  readonly destination?: DestinationStream;
}

/** A logger that cannot write a card number: secret fields are removed, and any Luhn number left in a line is masked. */
export function createLogger({ service, level, destination }: LoggerOptions): Logger {
  return pino(
    {
      level: level ?? process.env['LOG_LEVEL'] ?? 'info',
      base: { service },
      // Not milliseconds: a number of 13 digits would look like a card to the mask, and people read these lines.
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secrets.flatMap((field) => [field, `*.${field}`]), censor: '[redacted]' },
      serializers: { err: stdSerializers.err },
      hooks: { streamWrite: maskPans },
    },
    destination ?? StandardOutput.only(),
  );
}
