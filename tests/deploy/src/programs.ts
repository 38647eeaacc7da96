import { Environment as Cart } from '@checkout/cart';
import { Environment as Functions, deskSettings } from '@checkout/functions';
import { Environment as Inventory } from '@checkout/inventory';
import { Environment as Orchestrator } from '@checkout/orchestrator';
import { Environment as Payment } from '@checkout/payment';
import { Environment as Receipt } from '@checkout/receipt';
import { MigrationEnvironment, readSettings, settingsOf, SettingsError } from '@checkout/service';
import type { z } from 'zod';

export interface DeployedProgram {
  readonly schema: z.ZodObject;
  readonly database: string;
  /** What it makes of its settings before it reads them. */
  readonly prepare: (settings: NodeJS.ProcessEnv) => NodeJS.ProcessEnv;
  /** What a program starts without, and no deployment should: part of its work would be refused. */
  readonly neverMissing?: readonly string[];
}

const asGiven = (settings: NodeJS.ProcessEnv): NodeJS.ProcessEnv => settings;

/** Every program of ours that is deployed, and what it reads. */
export const programs: Readonly<Record<string, DeployedProgram>> = {
  cart: { schema: Cart, database: 'cart', prepare: asGiven, neverMissing: ['OFFLINE_LIMITS_KEY'] },
  orchestrator: { schema: Orchestrator, database: 'orchestrator', prepare: asGiven },
  inventory: { schema: Inventory, database: 'inventory', prepare: asGiven },
  payment: { schema: Payment, database: 'payment', prepare: asGiven, neverMissing: ['PROVIDER_WEBHOOK_SECRETS', 'PROVIDER_MODE'] },
  receipt: { schema: Receipt, database: 'receipt', prepare: asGiven },
  functions: { schema: Functions, database: 'operations', prepare: deskSettings },
};

export type Settings = Readonly<Record<string, string>>;

/** What belongs to the platform and not to the program: the Functions host's, Node's own. */
const ofThePlatform = /^(?:AzureWebJobs\w+|languageWorkers__\w+|SERVICE_BUS_CONNECTION__\w+|HOST|PORT|APP_DIR|ENTRY|NODE_\w+)$/;

/** What is wrong with the settings that a program is given, as sentences. */
export function settingFaults(where: string, program: string, given: Settings): string[] {
  const known = programs[program];
  if (!known) return [`${where}: ${program} is no program of ours`];
  const missing = (known.neverMissing ?? []).filter((name) => !given[name]).map((name) => `${where}: ${name} is not given, and part of what ${program} does is refused without it`);
  return [...faultsOf(where, known.schema, known.prepare(given)), ...missing, ...databaseFaults(where, known.database, given)];
}

export const migrationFaults = (where: string, program: string, given: Settings): string[] =>
  [...faultsOf(where, MigrationEnvironment, given), ...databaseFaults(where, programs[program]?.database ?? '', given)];

function faultsOf(where: string, schema: z.ZodObject, settings: NodeJS.ProcessEnv): string[] {
  const names = new Set(settingsOf(schema).map(({ name }) => name));
  const unknown = Object.keys(settings).filter((name) => !names.has(name) && !ofThePlatform.test(name)).map((name) => `${where}: ${name} is read by nobody`);
  try {
    readSettings(schema, settings);
    return unknown;
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return [...unknown, ...error.message.split('\n').slice(1).map((line) => `${where}: ${line.trim()}`)];
  }
}

const databaseFaults = (where: string, database: string, { SQL_CONNECTION = '' }: Settings): string[] =>
  SQL_CONNECTION.includes(`Database=${database};`) ? [] : [`${where}: SQL_CONNECTION is not of the database ${database}`];
