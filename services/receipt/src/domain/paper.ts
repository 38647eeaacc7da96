/** Columns of the paper that most receipt printers take (80 mm, font A). */
export const paperColumns = 42;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** What a printer or terminal gives two columns: East Asian wide forms (Unicode Standard Annex #11) and emoji. */
const wide = /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation})/u;

export const columnsOf = (text: string): number => {
  let columns = 0;
  for (const { segment } of graphemes.segment(text)) columns += wide.test(segment) ? 2 : 1;
  return columns;
};

/** Breaks text between words, and inside a word only where one alone is wider than the paper. Never breaks a character. */
export function wrapped(text: string, columns: number = paperColumns): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((each) => pieces(each, columns))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (columnsOf(longer) <= columns) {
      line = longer;
    } else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

function pieces(word: string, columns: number): string[] {
  if (columnsOf(word) <= columns) return [word];
  const parts: string[] = [];
  let part = '';
  for (const { segment } of graphemes.segment(word)) {
    if (columnsOf(part + segment) > columns) {
      parts.push(part);
      part = '';
    }
    part += segment;
  }
  return [...parts, part];
}

/** Text on the left, an amount at the right edge, which has its own line when there is no room beside the text. */
export function withAmount(text: string, amount: string, indent = ''): string[] {
  const lines = wrapped(text, paperColumns - indent.length).map((line) => indent + line);
  const last = lines.at(-1) ?? '';
  const gap = paperColumns - columnsOf(last) - amount.length;
  return gap >= 1 ? [...lines.slice(0, -1), `${last}${' '.repeat(gap)}${amount}`] : [...lines, amount.padStart(paperColumns)];
}

export const rule = '-'.repeat(paperColumns);
