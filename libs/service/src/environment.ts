import { z } from 'zod';

/** What every service is told by its environment. Only these change between a laptop, compose and Azure. */
export const PlatformEnvironment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535),
  SERVICE_BUS_CONNECTION: z.string().min(1),
  SQL_CONNECTION: z.string().min(1),
  AUTH_ISSUER: z.string().min(1),
  AUTH_AUDIENCE: z.string().min(1),
  AUTH_JWKS_URL: z.url(),
  /** Requests a second that one caller may keep up, and ten times that in a burst: a till that uploads what it sold offline. */
  RATE_LIMIT_PER_SECOND: z.coerce.number().int().min(1).default(100),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});
export type PlatformEnvironment = z.output<typeof PlatformEnvironment>;

/** @throws Error with one sentence that names every wrong variable, never its value. */
export function readEnvironment<Schema extends z.ZodType>(schema: Schema, environment: NodeJS.ProcessEnv = process.env): z.output<Schema> {
  const read = schema.safeParse(environment);
  if (read.success) return read.data;
  const wrong = read.error.issues.map(({ path, message }) => `${path.join('.')} (${message})`);
  throw new Error(`The environment is not complete: ${wrong.join(', ')}`);
}
