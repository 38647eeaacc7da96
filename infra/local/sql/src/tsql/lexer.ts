import { TsqlError, syntax } from '../engine/error.ts';
import type { Token, TokenKind } from './token.ts';

const isDigit = (c: number) => c >= 48 && c <= 57;
const isWordStart = (c: number) => (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 95 || c === 35 || c > 127;
const isWordPart = (c: number) => isWordStart(c) || isDigit(c) || c === 36 || c === 64;
const twoCharacterSymbols = new Set(['<>', '!=', '<=', '>=', '!<', '!>', '+=', '-=', '*=', '/=', '%=', '|=', '&=', '^=', '::']);

const unclosed = (what: string, line: number) => new TsqlError(105, `Unclosed quotation mark after the character string '${what}'.`, { severity: 15, effect: 'batch', line });

/**
 * Cuts T-SQL text into tokens. Identifiers may be bracketed or double-quoted (QUOTED_IDENTIFIER is ON), comments nest.
 * https://learn.microsoft.com/sql/t-sql/language-elements/
 */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;

  const push = (kind: TokenKind, text: string, national = false) => {
    tokens.push({ kind, text, upper: kind === 'word' || kind === 'symbol' ? text.toUpperCase() : '', line, national });
  };

  /** Reads up to the closing delimiter; a doubled delimiter stands for itself. */
  const delimited = (close: string): string => {
    let text = '';
    const opened = line;
    for (;;) {
      const end = source.indexOf(close, at);
      if (end < 0) throw unclosed(source.slice(at, at + 30), opened);
      const piece = source.slice(at, end);
      text += piece;
      for (let i = piece.indexOf('\n'); i >= 0; i = piece.indexOf('\n', i + 1)) line += 1;
      at = end + 1;
      if (source[at] !== close) return text;
      text += close;
      at += 1;
    }
  };

  const blockComment = () => {
    const opened = line;
    let depth = 1;
    at += 2;
    while (depth > 0) {
      if (at >= source.length) throw new TsqlError(113, "Missing end comment mark '*/'.", { severity: 15, effect: 'batch', line: opened });
      if (source.startsWith('/*', at)) { depth += 1; at += 2; }
      else if (source.startsWith('*/', at)) { depth -= 1; at += 2; }
      else { if (source.charCodeAt(at) === 10) line += 1; at += 1; }
    }
  };

  const word = (from: number): string => {
    while (at < source.length && isWordPart(source.charCodeAt(at))) at += 1;
    return source.slice(from, at);
  };

  const number = (from: number): string => {
    while (isDigit(source.charCodeAt(at))) at += 1;
    if (source[at] === '.') {
      at += 1;
      while (isDigit(source.charCodeAt(at))) at += 1;
    }
    const exponent = /^[eE][+-]?\d+/.exec(source.slice(at, at + 8));
    if (exponent) at += exponent[0].length;
    return source.slice(from, at);
  };

  while (at < source.length) {
    const c = source.charCodeAt(at);
    const start = at;
    if (c === 10) { line += 1; at += 1; continue; }
    if (c === 32 || c === 9 || c === 13 || c === 0xa0 || c === 0xfeff) { at += 1; continue; }
    if (c === 45 && source.charCodeAt(at + 1) === 45) {
      const end = source.indexOf('\n', at);
      at = end < 0 ? source.length : end;
      continue;
    }
    if (c === 47 && source.charCodeAt(at + 1) === 42) { blockComment(); continue; }
    if ((c === 78 || c === 110) && source.charCodeAt(at + 1) === 39) { at += 2; push('string', delimited("'"), true); continue; }
    if (c === 39) { at += 1; push('string', delimited("'")); continue; }
    if (c === 91) { at += 1; push('name', delimited(']')); continue; }
    if (c === 34) { at += 1; push('name', delimited('"')); continue; }
    if (c === 48 && (source[at + 1] === 'x' || source[at + 1] === 'X')) {
      at += 2;
      while (/[0-9a-fA-F]/.test(source[at] ?? '')) at += 1;
      push('binary', source.slice(start + 2, at));
      continue;
    }
    if (isDigit(c) || (c === 46 && isDigit(source.charCodeAt(at + 1)))) { push('number', number(start)); continue; }
    if (c === 64) { at += 1; push('variable', word(start)); continue; }
    if (isWordStart(c)) { push('word', word(start)); continue; }
    const two = source.slice(at, at + 2);
    if (twoCharacterSymbols.has(two)) { at += 2; push('symbol', two); continue; }
    if ('()[],.;=<>+-*/%&|^~:'.includes(source[at] ?? '')) { at += 1; push('symbol', source.slice(start, at)); continue; }
    throw syntax(source.slice(at, at + 1), line);
  }
  push('end', '');
  return tokens;
}
