import type { Kind } from './sql-type.ts';

export const MICROSECONDS_PER_DAY = 86_400_000_000;
/** Days from 0001-01-01, where the wire counts from, to 1970-01-01, where the engine counts from. */
export const DAYS_TO_1970 = 719_162;
/** Days from 1900-01-01, where `datetime` counts from, to 1970-01-01. */
export const DAYS_1900_TO_1970 = 25_567;

const pattern = /^\s*(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?\s*$/i;

/** What `toISOString` writes, by far the most common form: `yyyy-mm-ddThh:mm:ss.fffZ`. */
function parseIso(text: string): number | undefined {
  if (text.length !== 24 || text.charCodeAt(23) !== 90 || text.charCodeAt(10) !== 84) return undefined;
  const milliseconds = Date.parse(text);
  // Date.parse lets the 30th of February be the 1st or 2nd of March, and 24:00 the next day; the server refuses both.
  if (!(milliseconds >= -62_135_596_800_000) || text.charCodeAt(11) === 50 && text.charCodeAt(12) > 51) return undefined;
  const day = (text.charCodeAt(8) - 48) * 10 + text.charCodeAt(9) - 48;
  return day <= 28 || new Date(milliseconds).getUTCDate() === day ? milliseconds * 1000 : undefined;
}

/** Reads ISO 8601 text (the only date text of the subset) as microseconds since 1970 UTC; undefined when it is no such text. */
export function parseTime(text: string): number | undefined {
  const common = parseIso(text);
  if (common !== undefined) return common;
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59 || year === '0000') return undefined;
  date.setUTCHours(Number(hour), Number(minute), Number(second));
  const offset = zone.toUpperCase() === 'Z' ? 0 : (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2)));
  return (date.getTime() - offset * 60_000) * 1000 + Math.round(Number(fraction.padEnd(9, '0')) / 1000);
}

/** Rounds to the fractional digits of DATETIME2(scale); half goes up, as in the server. Six digits are the most the engine keeps. */
export function roundTime(microseconds: number, scale: number): number {
  if (scale >= 6) return microseconds;
  const unit = 10 ** (6 - scale);
  return Math.floor((microseconds + unit / 2) / unit) * unit;
}

export const startOfDay = (microseconds: number) => Math.floor(microseconds / MICROSECONDS_PER_DAY) * MICROSECONDS_PER_DAY;

/** As CONVERT(NVARCHAR, x, style) writes it: style 126/127 with a T, everything else as `yyyy-mm-dd hh:mm:ss.fff…`. */
export function formatTime(microseconds: number, kind: Kind, scale: number, style: number): string {
  const ms = Math.floor(microseconds / 1000);
  const iso = new Date(ms).toISOString();
  const date = iso.slice(0, 10);
  if (kind === 'date') return style === 112 ? date.replaceAll('-', '') : date;
  if (style === 23) return date;
  if (style === 112) return date.replaceAll('-', '');
  const fraction = `${String(ms - Math.floor(ms / 1000) * 1000).padStart(3, '0')}${String(microseconds - ms * 1000).padStart(3, '0')}0`;
  const time = iso.slice(11, 19) + (scale > 0 ? `.${fraction.slice(0, scale)}` : '');
  const zone = kind === 'datetimeoffset' ? (style === 127 ? 'Z' : style === 126 ? '+00:00' : ' +00:00') : '';
  return `${date}${style === 126 || style === 127 ? 'T' : ' '}${time}${zone}`;
}

/** The server's clock in microseconds. `Date.now` gives the era and `hrtime` the digits below the millisecond. */
export function now(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}
