import type { SqlValue } from './sql-value.ts';

export const isCharacter = (value: SqlValue): value is string => typeof value === 'string' && value.length === 1;

/** The pattern of a LIKE: `%` is any run of characters, `_` any one. */
export function likeExpression(pattern: string, escape: string | undefined): RegExp {
  let source = '';
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern.charAt(index);
    if (character === escape) {
      index += 1;
      source += literally(pattern.charAt(index));
    } else if (character === '%') source += '.*';
    else if (character === '_') source += '.';
    else source += literally(character);
  }
  return new RegExp(`^${source}$`, 'su');
}

const literally = (character: string): string => character.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
