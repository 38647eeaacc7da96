import { z } from 'zod';

/** What is known of one setting beside its value. */
export interface SettingFacts {
  readonly name: string;
  readonly description: string;
  readonly example: string;
  /** May hold a password or a key: shown to nobody. */
  readonly isSecret: boolean;
  /** Whether a process does not start without it. */
  readonly isRequired: boolean;
}

/** Settings that a process cannot start with. The message names every one of them, and the value of none. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** Every setting that a schema knows, in its order. */
export const settingsOf = (schema: z.ZodObject): SettingFacts[] => Object.entries(schema.shape).map(([name, type]) => {
  const { description = '', example = '', secret = false } = (type as z.ZodType).meta() ?? {};
  return { name, description, example: String(example), isSecret: secret === true, isRequired: !(type as z.ZodType).safeParse(undefined).success };
});

/** @throws SettingsError */
export function readSettings<Schema extends z.ZodObject>(schema: Schema, given: NodeJS.ProcessEnv): { readonly settings: z.output<Schema>; readonly warnings: readonly string[] } {
  const read = schema.safeParse(given);
  const known = settingsOf(schema);
  const warnings = warningsOf(known.map(({ name }) => name), given);
  if (read.success) return { settings: read.data, warnings };
  const wrong = new Map(read.error.issues.map(({ path, message }) => [String(path[0]), message]));
  const sentences = known.filter(({ name }) => wrong.has(name)).map(({ name, example }) => {
    const fault = given[name] === undefined ? 'is not set' : `${faultOf(wrong.get(name))} (it was set in the environment)`;
    return `${name} ${fault}; for example ${name}=${example}`;
  });
  throw new SettingsError(['The settings are not right:', ...sentences, ...warnings].join('\n  '));
}

/** Zod's own sentences are about input; ours are about the setting. */
const faultOf = (message = 'is wrong'): string => (message.startsWith('is ') ? message : `is wrong: ${message}`);

/** Belongs to everybody's tools: `OTEL_…` and `AZURE_…` have names that we need not know. */
const foreign = /^(?:OTEL|AZURE|NODE|NPM|npm)_/;

/** Names that are almost those of a setting, or begin as several of ours do. */
function warningsOf(known: readonly string[], given: NodeJS.ProcessEnv): string[] {
  const families = new Set(known.filter((name) => name.includes('_') && !foreign.test(name)).map((name) => `${name.split('_', 1)[0] ?? ''}_`));
  return Object.keys(given).filter((name) => !known.includes(name) && !foreign.test(name) && !name.includes('__') && given[name] !== undefined).flatMap((name) => {
    const meant = known.find((each) => each.length > 4 && distance(each, name.toUpperCase(), 2) <= 2);
    if (meant !== undefined) return [`${name} is set and read by nobody; is ${meant} meant?`];
    return [...families].some((family) => name.startsWith(family)) ? [`${name} is set and read by nobody`] : [];
  });
}

/** Levenshtein's, as far as it matters. */
function distance(left: string, right: string, most: number): number {
  if (Math.abs(left.length - right.length) > most) return most + 1;
  let above = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const changed = (above[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(changed, (above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    above = current;
  }
  return above[right.length] ?? most + 1;
}
