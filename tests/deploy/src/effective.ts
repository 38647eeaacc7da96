import { settingsOf } from '@checkout/service';
import { programs, type Settings } from './programs.ts';

export const places = ['azure', 'compose', 'local'] as const;
export type Place = (typeof places)[number];

/** Shown of a secret: that there is one. Of a connection string everything but what opens it. */
export const masked = (value: string): string => {
  if (/;|^InstrumentationKey=/.test(value)) return value.replaceAll(/((?:Password|Pwd|SharedAccessKey|AccountKey|InstrumentationKey)\s*=)[^;]*/gi, '$1••••');
  // A host name opens nothing.
  return /^[a-z][\w-]*(?:\.[\w-]+)+$/i.test(value) ? value : '••••';
};

/** Every program with its settings, one to a line: given, or what it is when nobody says. */
export function effectiveSettings(given: ReadonlyMap<string, Settings>): string {
  return [...given].map(([name, settings]) => {
    const program = programs[name];
    if (!program) return '';
    const read = program.prepare(settings);
    const lines = settingsOf(program.schema).map((setting) => {
      const value = read[setting.name];
      const fallback = (program.schema.shape[setting.name] as { safeParse(value: unknown): { data?: unknown } }).safeParse(undefined).data;
      if (value === undefined || value === '') return `  ${setting.name.padEnd(40)} ${fallback === undefined || fallback === '' || (Array.isArray(fallback) && fallback.length === 0) ? '(not set)' : `${String(fallback)} (default)`}`;
      return `  ${setting.name.padEnd(40)} ${setting.isSecret || /KEY|SECRET|CONNECTION_STRING/.test(setting.name) ? masked(value) : value}`;
    });
    return [name, ...lines, ''].join('\n');
  }).join('\n');
}
