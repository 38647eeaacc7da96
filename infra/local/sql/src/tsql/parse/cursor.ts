import { outside, syntax } from '../../engine/error.ts';
import { tokenize } from '../lexer.ts';
import type { Token } from '../token.ts';

/** Words that cannot be an alias or a column without brackets. Only those the grammar of the subset would otherwise swallow. */
const reserved = new Set(`ADD ALL ALTER AND ANY AS ASC BEGIN BETWEEN BREAK BY CASE CHECK CLOSE CLUSTERED COLLATE COLUMN COMMIT CONSTRAINT CONTINUE CONVERT CREATE CROSS
CURSOR DECLARE DEFAULT DELETE DESC DISTINCT DROP ELSE END ESCAPE EXCEPT EXEC EXECUTE EXISTS FETCH FOR FOREIGN FROM FULL FUNCTION GOTO GRANT GROUP HAVING IDENTITY IF IN INDEX
INNER INSERT INTERSECT INTO IS JOIN KEY LEFT LIKE MERGE NONCLUSTERED NOT NULL OF ON OPEN OPTION OR ORDER OUTER OVER PERCENT PIVOT PRIMARY PRINT PROCEDURE RAISERROR
REFERENCES RETURN REVOKE RIGHT ROLLBACK SAVE SELECT SET TABLE THEN TO TOP TRAN TRANSACTION TRIGGER TRUNCATE TRY_CONVERT UNION UNIQUE UNPIVOT UPDATE USE VALUES VIEW WAITFOR WHEN
WHERE WHILE WITH`.split(/\s+/));

/** Walks the tokens of one batch. Every `take…` moves on only when it matches; every `expect…` fails with 102 when it does not. */
export class Cursor {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(source: string) {
    this.#tokens = tokenize(source);
  }

  get current(): Token {
    return this.ahead(0);
  }

  get line(): number {
    return this.current.line;
  }

  get done(): boolean {
    return this.current.kind === 'end';
  }

  /** Is what was taken so far the first word of the text? */
  get isAtStart(): boolean {
    return this.#at <= 1;
  }

  ahead(n: number): Token {
    const token = this.#tokens[Math.min(this.#at + n, this.#tokens.length - 1)];
    if (!token) throw new Error('A token list always ends with an end token.');
    return token;
  }

  next(): Token {
    const token = this.current;
    this.#at += 1;
    return token;
  }

  /** Is the next token one of these words? Bracketed names never are. */
  at(...words: readonly string[]): boolean {
    const { kind, upper } = this.current;
    return kind === 'word' && words.includes(upper);
  }

  atSymbol(symbol: string): boolean {
    return this.current.kind === 'symbol' && this.current.upper === symbol;
  }

  /** Takes the words in order when all of them are next. */
  take(...words: readonly string[]): boolean {
    for (const [i, word] of words.entries()) {
      const token = this.ahead(i);
      if (token.kind !== 'word' || token.upper !== word) return false;
    }
    this.#at += words.length;
    return true;
  }

  takeSymbol(symbol: string): boolean {
    if (!this.atSymbol(symbol)) return false;
    this.#at += 1;
    return true;
  }

  expect(...words: readonly string[]): void {
    for (const word of words) if (!this.take(word)) throw this.unexpected();
  }

  expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) throw this.unexpected();
  }

  isName(token: Token = this.current): boolean {
    return token.kind === 'name' || (token.kind === 'word' && !reserved.has(token.upper));
  }

  /** An identifier, quoted or not. */
  name(): string {
    if (!this.isName()) throw this.unexpected();
    const { text } = this.next();
    if (text.startsWith('#')) throw outside(`A temporary table (${text})`, this.line);
    return text;
  }

  variable(): string {
    if (this.current.kind !== 'variable') throw this.unexpected();
    return this.next().text.toLowerCase();
  }

  integer(): number {
    const negative = this.takeSymbol('-');
    if (this.current.kind !== 'number') throw this.unexpected();
    return (negative ? -1 : 1) * Number(this.next().text);
  }

  string(): string {
    if (this.current.kind !== 'string') throw this.unexpected();
    return this.next().text;
  }

  /** One or more, separated by commas. */
  list<T>(item: () => T): readonly T[] {
    const items = [item()];
    while (this.takeSymbol(',')) items.push(item());
    return items;
  }

  /** A list in parentheses. */
  group<T>(item: () => T): readonly T[] {
    this.expectSymbol('(');
    const items = this.list(item);
    this.expectSymbol(')');
    return items;
  }

  unexpected() {
    return syntax(this.current.text, this.current.line);
  }
}
