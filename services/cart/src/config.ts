import { z } from 'zod';

const Environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(3001),
  SERVICE_BUS_CONNECTION: z.string().min(1),
  SQL_CONNECTION: z.string().min(1),
  AUTH_ISSUER: z.string().min(1),
  AUTH_AUDIENCE: z.string().min(1),
  AUTH_JWKS_URL: z.url(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  ORCHESTRATOR_URL: z.url(),
});

export interface CartConfig {
  readonly port: number;
  readonly serviceBusConnection: string;
  readonly sqlConnection: string;
  readonly auth: { readonly issuer: string; readonly audience: string; readonly jwksUrl: string };
  readonly logLevel: z.output<typeof Environment>['LOG_LEVEL'];
  readonly orchestratorUrl: string;
}

/** @throws Error whose message names what is wrong in one sentence; never a value, which may be a secret */
export function configOf(environment: Readonly<Record<string, string | undefined>>): CartConfig {
  const { success, data, error } = Environment.safeParse(environment);
  if (!success) {
    const wrong = error.issues.map(({ path, message }) => `${path.join('.')}: ${environment[String(path[0])] === undefined ? 'is missing' : message}`);
    throw new Error(`cart cannot start because of its environment: ${wrong.join('; ')}.`);
  }
  return {
    port: data.PORT,
    serviceBusConnection: data.SERVICE_BUS_CONNECTION,
    sqlConnection: data.SQL_CONNECTION,
    auth: { issuer: data.AUTH_ISSUER, audience: data.AUTH_AUDIENCE, jwksUrl: data.AUTH_JWKS_URL },
    logLevel: data.LOG_LEVEL,
    orchestratorUrl: data.ORCHESTRATOR_URL,
  };
}

/** This process's configuration. A wrong one ends the process with one sentence on standard error. */
export function readConfig(): CartConfig {
  try {
    return configOf(process.env);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
