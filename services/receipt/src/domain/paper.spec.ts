import fc from 'fast-check';
import { columnsOf, paperColumns, withAmount, wrapped } from './paper.ts';

const seed = Number(process.env['SEED'] ?? 20261122);

describe('the paper', () => {
  it('breaks between words', () => {
    expect(wrapped('Extra virgin olive oil from the hills behind Kalamata', 20)).toEqual(['Extra virgin olive', 'oil from the hills', 'behind Kalamata']);
  });

  it('breaks a word only where it alone is wider than the paper', () => {
    expect(wrapped('A Donaudampfschifffahrtsgesellschaft', 12)).toEqual(['A', 'Donaudampfsc', 'hifffahrtsge', 'sellschaft']);
  });

  it('gives East Asian characters and emoji two columns, and a family one place', () => {
    expect(['café', '抹茶', '🍵', '👨‍👩‍👧'].map(columnsOf)).toEqual([4, 4, 2, 2]);
  });

  it('puts an amount on a line of its own when there is no room beside the text', () => {
    const text = 'x'.repeat(38);
    expect(withAmount(text, '12.34')).toEqual([text, '12.34'.padStart(paperColumns)]);
  });

  it('loses no word and fills no line beyond its edge, whatever is written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 }), (text) => {
        const lines = wrapped(text);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(paperColumns);
      }),
      { seed },
    );
  });
});
