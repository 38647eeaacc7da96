/** A token of Bicep. A string is a list of texts and embedded expressions, which are token lists of their own. */
export type Token =
  | { readonly kind: 'word' | 'number' | 'symbol'; readonly text: string; readonly line: number; readonly isFirstOfLine: boolean }
  | { readonly kind: 'string'; readonly parts: readonly (string | readonly Token[])[]; readonly line: number; readonly isFirstOfLine: boolean };

const symbols = ['!=', '==', '<=', '>=', '&&', '||', '??', '=>', '::', '.?', '...', ...'{}[]()=:,.?!<>+-*/%|@'];
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', "'": "'", '\\': '\\', $: '$' };

/** @throws Error with the line of what is no Bicep. */
export function tokensOf(source: string): Token[] {
  const [tokens] = read(source, 0, 1, false);
  return tokens;
}

function read(source: string, from: number, firstLine: number, isEmbedded: boolean): [Token[], number, number] {
  const tokens: Token[] = [];
  let at = from;
  let line = firstLine;
  let isFirstOfLine = true;
  let depth = 0;
  while (at < source.length) {
    const rest = source.slice(at);
    const blank = /^(?:[ \t\r]+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|#disable[^\n]*)/.exec(rest)?.[0];
    if (blank !== undefined) {
      line += blank.split('\n').length - 1;
      at += blank.length;
      continue;
    }
    if (rest.startsWith('\n')) {
      line += 1;
      at += 1;
      isFirstOfLine = true;
      continue;
    }
    if (isEmbedded && depth === 0 && rest.startsWith('}')) return [tokens, at + 1, line];
    if (rest.startsWith("'")) {
      const [parts, end] = readString(source, at + 1, line);
      tokens.push({ kind: 'string', parts, line, isFirstOfLine });
      at = end;
    } else {
      const [text, kind] = simpleToken(rest);
      if (text === undefined) throw new Error(`line ${line}: ${rest.slice(0, 20)} is no Bicep`);
      if (text === '{') depth += 1;
      if (text === '}') depth -= 1;
      tokens.push({ kind, text, line, isFirstOfLine });
      at += text.length;
    }
    isFirstOfLine = false;
  }
  if (isEmbedded) throw new Error(`line ${firstLine}: an embedded expression does not end`);
  return [tokens, at, line];
}

function simpleToken(rest: string): [string | undefined, 'word' | 'number' | 'symbol'] {
  const word = /^[A-Za-z_]\w*/.exec(rest)?.[0];
  if (word !== undefined) return [word, 'word'];
  const number = /^\d+/.exec(rest)?.[0];
  if (number !== undefined) return [number, 'number'];
  return [symbols.find((symbol) => rest.startsWith(symbol)), 'symbol'];
}

function readString(source: string, from: number, line: number): [(string | Token[])[], number] {
  const parts: (string | Token[])[] = [];
  let text = '';
  let at = from;
  while (source[at] !== "'") {
    const character = source[at];
    if (character === undefined || character === '\n') throw new Error(`line ${line}: a string does not end`);
    if (character === '\\') {
      const escaped = escapes[source[at + 1] ?? ''];
      if (escaped === undefined) throw new Error(`line ${line}: \\${source[at + 1]} is no escape`);
      text += escaped;
      at += 2;
    } else if (source.startsWith('${', at)) {
      const [tokens, end] = read(source, at + 2, line, true);
      parts.push(text, tokens);
      text = '';
      at = end;
    } else {
      text += character;
      at += 1;
    }
  }
  return [[...parts, text], at + 1];
}
