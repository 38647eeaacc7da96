export type TokenKind = 'word' | 'name' | 'string' | 'number' | 'binary' | 'variable' | 'symbol' | 'end';

/** One lexical element. `upper` is the text in upper case for words and symbols, and empty for everything that is data. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly upper: string;
  readonly line: number;
  /** `N'…'` */
  readonly national: boolean;
}
