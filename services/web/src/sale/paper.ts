import { digitsOf } from './amount.ts';

/** Columns of the paper that most receipt printers take (80 mm, font A). */
export const columns = 42;
export const rule = '-'.repeat(columns);

/** Text on the left, an amount at the right edge, on its own line when there is no room. */
export function row(text: string, amount: string): string[] {
  const gap = columns - text.length - amount.length;
  return gap >= 1 ? [`${text}${' '.repeat(gap)}${amount}`] : [...wrapped(text), amount.padStart(columns)];
}

/** A text over as many lines as it takes; words that are longer than a line are broken. */
export function wrapped(text: string): string[] {
  const lines = [''];
  for (const word of text.split(/(?<= )/).flatMap((each) => each.match(new RegExp(`.{1,${columns}}`, 'gsu')) ?? [])) {
    if ((lines.at(-1) ?? '').length + word.trimEnd().length > columns) lines.push('');
    lines[lines.length - 1] += word;
  }
  return lines.map((line) => line.trimEnd());
}

export const centred = (text: string): string => `${' '.repeat(Math.max(0, Math.floor((columns - text.length) / 2)))}${text.slice(0, columns)}`;

/** An amount as a language writes it, without the sign of the currency: printers do not have them all. */
export function amountOn(currency: string, locale: string): (minor: number) => string {
  const digits = digitsOf(currency);
  const format = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return (minor) => format.format(minor / 10 ** digits).replaceAll(/[\u00a0\u202f]/g, ' ').replaceAll('\u2212', '-');
}

/** A time of the till's own zone, as a language writes it. */
export const timeOn = (locale: string): ((at: number | string) => string) => {
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'medium' });
  return (at) => format.format(new Date(at)).replaceAll(/[\u00a0\u202f]/g, ' ');
};
