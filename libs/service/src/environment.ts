import type { TelemetryOptions } from '@checkout/observability';
import { z } from 'zod';
import { readSettings } from './settings.ts';

/** Digits only: `Number` would take an empty text for 0, and a port of 0 is any port. */
const number = z.string().regex(/^\d{1,9}$/, { error: 'is not a whole number' }).transform(Number);
const url = z.url({ protocol: /^https?$/, error: 'is not an http address' });
/** Compose gives an empty text for what is not set. */
const orEmpty = <Inner extends z.ZodType>(inner: Inner) => z.preprocess((value) => (value === '' ? undefined : value), inner.optional());

/** What every service is told by its environment. Only these change between a laptop, compose and Azure. */
export const PlatformEnvironment = z.object({
  PORT: number.pipe(z.int().min(0).max(65_535)).meta({ description: 'where it serves HTTP', example: '8080' }),
  SERVICE_BUS_CONNECTION: z.string().min(1).meta({
    description: 'a host name, and then the identity of the process is its credential; or a connection string (`UseDevelopmentEmulator=true` for the stand-in and Microsoft\'s emulator)',
    example: 'sb-shop.servicebus.windows.net', secret: true,
  }),
  SQL_CONNECTION: z.string().min(1).meta({
    description: 'the service\'s own database, as `mssql` reads it; `Authentication=Active Directory Default` takes the identity of the process',
    example: 'Server=tcp:sql-shop.database.windows.net,1433;Database=cart;Authentication=Active Directory Default;Encrypt=true', secret: true,
  }),
  AUTH_ISSUER: z.string().min(1).meta({ description: 'who issues the tokens of callers', example: 'https://login.microsoftonline.com/<tenant>/v2.0' }),
  AUTH_AUDIENCE: z.string().min(1).meta({ description: 'whom these tokens are for', example: 'api://scanlon-checkout' }),
  AUTH_JWKS_URL: url.meta({ description: 'where the issuer\'s keys are', example: 'https://login.microsoftonline.com/<tenant>/discovery/v2.0/keys' }),
  RATE_LIMIT_PER_SECOND: number.pipe(z.int().min(1)).default(100).meta({
    description: 'requests a second that one caller may keep up, and ten times that in a burst: a till that uploads what it sold offline', example: '100',
  }),
  ALLOWED_HOSTS: z.string().min(1).transform((hosts) => hosts.split(',').map((host) => host.trim())).optional().meta({
    description: 'the hosts that requests may name, separated by commas and without ports; any when it is not set', example: 'checkout.example,localhost',
  }),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info').meta({ description: '`trace` … `silent`', example: 'info' }),
  SERVICE_VERSION: z.string().default('source').meta({ description: 'the commit that the image was built from; dead letters and traces name it', example: '4f2a91c' }),
  AZURE_CLIENT_ID: orEmpty(z.guid({ error: 'is not the client id of an identity' })).meta({
    description: 'which of its identities a process on Azure uses; read by `@azure/identity`', example: '6a5f0e0c-2f4e-4a63-9d0c-0a54c3d1b7aa',
  }),
  APPLICATIONINSIGHTS_CONNECTION_STRING: orEmpty(z.string().regex(/InstrumentationKey=/, { error: 'is not a connection string of Application Insights' })).meta({
    description: 'sends traces, and the metrics that alerts ask for, to Application Insights; nothing is loaded for it when it is not set', example: 'InstrumentationKey=…;IngestionEndpoint=https://…',
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: orEmpty(url).meta({ description: 'sends traces to a collector by OTLP over HTTP; nothing is loaded for it when it is not set', example: 'http://collector:4318' }),
});
export type PlatformEnvironment = z.output<typeof PlatformEnvironment>;

const isOrigin = (text: string): boolean => /^https?:\/\/[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;

/** For the services that a till in a browser calls. Nobody is let in by default. */
export const TillOrigins = z.string().transform((origins) => origins.split(',').map((origin) => origin.trim()).filter((origin) => origin !== ''))
  .refine((origins) => origins.every(isOrigin), { error: 'is not a list of origins (https://host, without a path)' }).default([]).meta({
    description: 'the origins, separated by commas, from which tills in browsers call; none but the service\'s own when it is not set', example: 'https://till.checkout.example',
  });

/** What a migration is told. */
export const MigrationEnvironment = PlatformEnvironment.pick({ SQL_CONNECTION: true, LOG_LEVEL: true, AZURE_CLIENT_ID: true }).extend({
  SERVICE_IDENTITY: z.string().regex(/^[\w-]{1,120}=[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, { error: 'is not a name and a client id' }).optional().meta({
    description: 'the identity that becomes the service\'s user in its database: its name and its client id', example: 'id-cart-prod=6a5f0e0c-2f4e-4a63-9d0c-0a54c3d1b7aa',
  }),
});

/**
 * What the environment says, read by a schema. Whoever starts a process is told on stderr of names that look like a mistake.
 *
 * @throws SettingsError with one sentence for everything that is wrong, never with a value.
 */
export function readEnvironment<Schema extends z.ZodObject>(
  schema: Schema,
  environment: NodeJS.ProcessEnv = process.env,
  warn: (message: string) => void = (message) => void process.stderr.write(`${message}\n`),
): z.output<Schema> {
  const { settings, warnings } = readSettings(schema, environment);
  warnings.forEach(warn);
  return settings;
}

/** For the logger, which must be there to say that the environment is wrong. */
export const logLevel = (environment: NodeJS.ProcessEnv): PlatformEnvironment['LOG_LEVEL'] =>
  PlatformEnvironment.shape.LOG_LEVEL.catch('info').parse(environment['LOG_LEVEL']);

/** Where its spans are wanted, if anywhere. */
export const telemetryOf = (
  service: string,
  settings: Pick<PlatformEnvironment, 'SERVICE_VERSION' | 'APPLICATIONINSIGHTS_CONNECTION_STRING' | 'OTEL_EXPORTER_OTLP_ENDPOINT'>,
): TelemetryOptions => ({
  service, version: settings.SERVICE_VERSION, applicationInsights: settings.APPLICATIONINSIGHTS_CONNECTION_STRING, otlpEndpoint: settings.OTEL_EXPORTER_OTLP_ENDPOINT,
});
