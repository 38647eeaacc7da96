import { TsqlError } from '../error.ts';

const compiled = new Map<string, RegExp>();
const CACHED = 500;

/** LIKE with `%`, `_`, `[a-z]`, `[^a-z]` and ESCAPE. https://learn.microsoft.com/sql/t-sql/language-elements/like-transact-sql */
export function like(text: string, pattern: string, escape: string | null, insensitive: boolean): boolean {
  const key = `${insensitive ? 1 : 0}${escape ?? ''}\0${pattern}`;
  let expression = compiled.get(key);
  if (!expression) {
    if (compiled.size >= CACHED) compiled.clear();
    expression = new RegExp(`^${translate(pattern, escape)}$`, insensitive ? 'isu' : 'su');
    compiled.set(key, expression);
  }
  return expression.test(text);
}

/** Nothing else may be escaped under the flag `u`. */
const plain = (character: string) => character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

function translate(pattern: string, escape: string | null): string {
  if (escape !== null && [...escape].length !== 1) throw new TsqlError(506, `The invalid escape character "${escape}" was specified in a LIKE predicate.`, { effect: 'batch' });
  const characters = [...pattern];
  let source = '';
  for (let i = 0; i < characters.length; i += 1) {
    const character = characters[i] ?? '';
    if (character === escape) { i += 1; source += plain(characters[i] ?? ''); }
    else if (character === '%') source += '.*';
    else if (character === '_') source += '.';
    else if (character === '[') {
      const end = characters.indexOf(']', i + 1);
      if (end < 0) return '(?!)';
      const negated = characters[i + 1] === '^';
      const set = characters.slice(i + (negated ? 2 : 1), end).map((part) => (part === '-' ? '-' : plain(part))).join('');
      source += set === '' ? '(?!)' : `[${negated ? '^' : ''}${set}]`;
      i = end;
    } else source += plain(character);
  }
  return source;
}
