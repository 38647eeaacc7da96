import { languages, type Language } from '@checkout/contracts';
import { de } from './de.ts';
import { en, type Words } from './en.ts';

export type { Words } from './en.ts';

export const words: Readonly<Record<Language, Words>> = { en, de };

/** The first of a browser's languages that the till speaks. */
export const preferredLanguage = (wanted: readonly string[]): Language =>
  wanted.map((each) => each.slice(0, 2)).find((each): each is Language => languages.some((known) => known === each)) ?? 'en';
