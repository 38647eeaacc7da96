import { languages, type Language } from './errors.ts';

/** Headers are bounded by the server; a list of more languages than this is nobody's wish. */
const mostRanges = 20;

/**
 * The language that a caller likes best among those there are, from `Accept-Language` (RFC 9110 §12.5.4): `de-AT` is served with `de`. English when
 * nothing fits, because a text in the wrong language says more than none.
 */
export function languageOf(header: string | undefined): Language {
  if (header === undefined) return 'en';
  let best: Language | undefined;
  let bestQuality = 0;
  for (const range of header.split(',', mostRanges)) {
    const [tag = '', ...parameters] = range.trim().split(';');
    const quality = qualityOf(parameters);
    const primary = tag.trim().toLowerCase().split('-', 1)[0];
    const language = primary === '*' ? 'en' : languages.find((each) => each === primary);
    if (language === undefined || quality <= bestQuality) continue;
    best = language;
    bestQuality = quality;
  }
  return best ?? 'en';
}

function qualityOf(parameters: readonly string[]): number {
  const quality = parameters.map((each) => /^\s*q=(\d(?:\.\d{1,3})?)\s*$/i.exec(each)?.[1]).find((each) => each !== undefined);
  return quality === undefined ? 1 : Number(quality);
}
