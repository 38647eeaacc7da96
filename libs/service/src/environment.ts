import { z } from 'zod';

/** Digits only: `Number` would take an empty text for 0, and a port of 0 is any port. */
const number = z.string().regex(/^\d{1,9}$/, { error: 'is not a whole number' }).transform(Number);

/** What every service is told by its environment. Only these change between a laptop, compose and Azure. */
export const PlatformEnvironment = z.object({
  PORT: number.pipe(z.int().min(0).max(65_535)),
  SERVICE_BUS_CONNECTION: z.string().min(1),
  SQL_CONNECTION: z.string().min(1),
  AUTH_ISSUER: z.string().min(1),
  AUTH_AUDIENCE: z.string().min(1),
  AUTH_JWKS_URL: z.url({ protocol: /^https?$/ }),
  /** Requests a second that one caller may keep up, and ten times that in a burst: a till that uploads what it sold offline. */
  RATE_LIMIT_PER_SECOND: number.pipe(z.int().min(1)).default(100),
  /** The hosts that requests may name, separated by commas and without ports. Any when it is not set. */
  ALLOWED_HOSTS: z.string().min(1).transform((hosts) => hosts.split(',').map((host) => host.trim())).optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});
export type PlatformEnvironment = z.output<typeof PlatformEnvironment>;

/** What a migration is told. */
export const MigrationEnvironment = PlatformEnvironment.pick({ SQL_CONNECTION: true, LOG_LEVEL: true });

/** @throws Error with one sentence that names every wrong variable, never its value. */
export function readEnvironment<Schema extends z.ZodType>(schema: Schema, environment: NodeJS.ProcessEnv = process.env): z.output<Schema> {
  const read = schema.safeParse(environment);
  if (read.success) return read.data;
  const wrong = read.error.issues.map(({ path, message }) => `${path.join('.')} (${message})`);
  throw new Error(`The environment is not complete: ${wrong.join(', ')}`);
}

/** For the logger, which must be there to say that the environment is wrong. */
export const logLevel = (environment: NodeJS.ProcessEnv): PlatformEnvironment['LOG_LEVEL'] =>
  PlatformEnvironment.shape.LOG_LEVEL.catch('info').parse(environment['LOG_LEVEL']);
