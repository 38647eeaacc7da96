import { condition, Refusal } from '../errors.ts';
import { type FilterSubject, propertyName, type PropertyName, systemFields } from './filter-subject.ts';
import { isCharacter, likeExpression } from './like.ts';
import { tokenize, type Token } from './sql-lexer.ts';
import { calculate, compare, type SqlValue, sqlValue } from './sql-value.ts';
import { and, negate, not, or, type Predicate } from './three-valued.ts';

export type Evaluate = (subject: FilterSubject) => SqlValue;

/** A parsed piece: a predicate or an expression. Parentheses may hold either, so which it is shows only afterwards. */
type Piece =
  | { readonly kind: 'predicate'; readonly test: Predicate }
  | { readonly kind: 'expression'; readonly value: Evaluate; readonly property?: PropertyName; readonly literal?: SqlValue };

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/** Compiles a SQL filter once, into closures (specification §11.3). @throws Refusal naming what cannot be understood. */
export function compileSqlFilter(sql: string): Predicate {
  return new SqlFilterCompiler(sql).compile();
}

/** One step of a rule's action: a property set to a value, or removed when there is no value to compute. */
export interface ActionStep {
  readonly target: { readonly system: number } | { readonly user: string };
  readonly value: Evaluate | undefined;
}

/** Parses `SET property = expression; REMOVE property; ...`. @throws Refusal naming what cannot be understood. */
export function parseSqlAction(sql: string): ActionStep[] {
  return new SqlFilterCompiler(sql, 'action').action();
}

class SqlFilterCompiler {
  readonly #what: string;
  readonly #sql: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(sql: string, what: 'filter' | 'action' = 'filter') {
    this.#what = what;
    this.#sql = sql;
    this.#tokens = tokenize(sql);
  }

  compile(): Predicate {
    const test = this.#predicate(this.#or());
    if (this.#peek().kind !== 'end') throw this.#refuse('has something after its end');
    return test;
  }

  action(): ActionStep[] {
    const steps: ActionStep[] = [];
    for (;;) {
      while (this.#takeSymbol(';'));
      if (this.#peek().kind === 'end') break;
      if (this.#takeKeyword('SET')) {
        const { target } = this.#property();
        this.#expect('=');
        steps.push({ target, value: this.#expression(this.#sum()).value });
      } else if (this.#takeKeyword('REMOVE')) {
        steps.push({ target: this.#property().target, value: undefined });
      } else {
        throw this.#refuse('needs SET or REMOVE');
      }
    }
    if (steps.length === 0) throw this.#refuse('has no step');
    return steps;
  }

  // Precedence: NOT > AND > OR.

  #or(): Piece {
    const first = this.#and();
    if (!this.#isKeyword('OR')) return first;
    let test = this.#predicate(first);
    while (this.#takeKeyword('OR')) test = or(test, this.#predicate(this.#and()));
    return { kind: 'predicate', test };
  }

  #and(): Piece {
    const first = this.#not();
    if (!this.#isKeyword('AND')) return first;
    let test = this.#predicate(first);
    while (this.#takeKeyword('AND')) test = and(test, this.#predicate(this.#not()));
    return { kind: 'predicate', test };
  }

  #not(): Piece {
    if (!this.#takeKeyword('NOT')) return this.#comparison();
    return { kind: 'predicate', test: not(this.#predicate(this.#not())) };
  }

  #comparison(): Piece {
    const left = this.#sum();
    if (left.kind === 'predicate') return left;
    const token = this.#peek();
    const accepts = token.kind === 'symbol' ? comparisons[token.text] : undefined;
    if (accepts && token.kind === 'symbol') {
      this.#at += 1;
      return { kind: 'predicate', test: comparison(left, token.text, accepts, this.#expression(this.#sum())) };
    }
    if (this.#takeKeyword('IS')) {
      const negated = this.#takeKeyword('NOT');
      if (!this.#takeKeyword('NULL')) throw this.#refuse('needs NULL or NOT NULL after IS');
      if (left.property) {
        const { property } = left;
        return { kind: 'predicate', test: negated ? (subject) => subject.has(property) : (subject) => !subject.has(property) };
      }
      const { value } = left;
      return { kind: 'predicate', test: (subject) => (value(subject) === undefined) !== negated };
    }
    const negated = this.#takeKeyword('NOT');
    if (this.#takeKeyword('IN')) return { kind: 'predicate', test: negate(this.#in(left.value), negated) };
    if (this.#takeKeyword('LIKE')) return { kind: 'predicate', test: negate(this.#like(left.value), negated) };
    if (negated) throw this.#refuse('needs IN or LIKE after NOT');
    return left;
  }

  #in(value: Evaluate): Predicate {
    this.#expect('(');
    const items: Evaluate[] = [];
    do items.push(this.#expression(this.#sum()).value);
    while (this.#takeSymbol(','));
    this.#expect(')');
    return (subject) => {
      const left = value(subject);
      if (left === undefined) return undefined;
      let isUnknown = false;
      for (const item of items) {
        const order = compare(left, item(subject));
        if (order === 0) return true;
        if (order === undefined) isUnknown = true;
      }
      return isUnknown ? undefined : false;
    };
  }

  #like(value: Evaluate): Predicate {
    const pattern = this.#expression(this.#sum());
    const escape = this.#takeKeyword('ESCAPE') ? this.#expression(this.#sum()) : undefined;
    if (pattern.literal !== undefined && typeof pattern.literal !== 'string') throw this.#refuse('needs text after LIKE');
    if (escape?.literal !== undefined && !isCharacter(escape.literal)) throw this.#refuse('needs one character after ESCAPE');
    const evaluate = (subject: FilterSubject): RegExp | undefined => {
      const [text, character] = [pattern.value(subject), escape?.value(subject)];
      if (typeof text !== 'string' || (escape && !isCharacter(character))) return undefined;
      return likeExpression(text, typeof character === 'string' ? character : undefined);
    };
    // Nearly always a pattern is a literal, and compiled once.
    const fixed = typeof pattern.literal === 'string' && (!escape || isCharacter(escape.literal)) ? likeExpression(pattern.literal, isCharacter(escape?.literal) ? escape.literal : undefined) : undefined;
    return (subject) => {
      const left = value(subject);
      return typeof left === 'string' ? (fixed ?? evaluate(subject))?.test(left) : undefined;
    };
  }

  #sum(): Piece {
    return this.#leftAssociative(['+', '-'], () => this.#product());
  }

  #product(): Piece {
    return this.#leftAssociative(['*', '/', '%'], () => this.#unary());
  }

  #leftAssociative(operators: readonly string[], operand: () => Piece): Piece {
    const first = operand();
    let value: Evaluate | undefined;
    for (let token = this.#peek(); token.kind === 'symbol' && operators.includes(token.text); token = this.#peek()) {
      this.#at += 1;
      const operator = token.text;
      const left: Evaluate = value ?? this.#expression(first).value;
      const right = this.#expression(operand()).value;
      value = (subject) => calculate(operator, left(subject), right(subject));
    }
    return value ? { kind: 'expression', value } : first;
  }

  #unary(): Piece {
    if (this.#takeSymbol('-')) {
      const { value } = this.#expression(this.#unary());
      return { kind: 'expression', value: (subject) => calculate('-', 0, value(subject)) };
    }
    if (this.#takeSymbol('+')) return this.#expression(this.#unary());
    return this.#primary();
  }

  #primary(): Piece {
    const token = this.#next();
    switch (token.kind) {
      case 'string':
        return constant(token.text);
      case 'number':
        return constant(token.value);
      case 'name':
        return this.#named(token.text, token.isQuoted);
      case 'symbol': {
        if (token.text !== '(') throw this.#refuse(`has an unexpected '${token.text}'`);
        const inner = this.#or();
        this.#expect(')');
        return inner;
      }
      case 'end':
        throw this.#refuse('ends too early');
    }
  }

  #named(name: string, isQuoted: boolean): Piece {
    const word = isQuoted ? '' : name.toUpperCase();
    if (word === 'TRUE' || word === 'FALSE') return constant(word === 'TRUE');
    if (word === 'NULL') return constant(undefined);
    if (word === 'EXISTS') {
      this.#expect('(');
      const { property, value } = this.#property();
      this.#expect(')');
      return { kind: 'predicate', test: property ? (subject) => subject.has(property) : (subject) => value(subject) !== undefined };
    }
    if ((word === 'P' || word === 'PROPERTY') && this.#isSymbol('(')) {
      this.#at += 1;
      const token = this.#next();
      if (token.kind !== 'string') throw this.#refuse('needs a quoted name in property()');
      this.#expect(')');
      return user(token.text);
    }
    if (this.#isSymbol('(')) throw this.#refuse(`calls ${name}(), which is not supported`);
    if (word.startsWith('@')) throw this.#refuse('uses a parameter, which is not supported');
    this.#at -= 1;
    return this.#property();
  }

  /** `[sys. | user.] name` */
  #property(): Piece & { kind: 'expression' } & { readonly target: ActionStep['target'] } {
    const first = this.#next();
    if (first.kind !== 'name') throw this.#refuse('needs a property name');
    if (!this.#takeSymbol('.')) return { ...user(first.text), target: { user: first.text } };
    const second = this.#next();
    if (second.kind !== 'name') throw this.#refuse('needs a property name after the dot');
    const scope = first.text.toLowerCase();
    if (scope === 'user') return { ...user(second.text), target: { user: second.text } };
    if (scope !== 'sys') throw this.#refuse(`has the unknown scope '${first.text}'`);
    const index = systemFields[second.text.toLowerCase()];
    if (index === undefined) throw this.#refuse(`names sys.${second.text}, which does not exist or is not supported`);
    return { kind: 'expression', value: (subject) => sqlValue(subject.system(index)), target: { system: index } };
  }

  #predicate(piece: Piece): Predicate {
    if (piece.kind !== 'predicate') throw this.#refuse('has a value where a condition is needed');
    return piece.test;
  }

  #expression(piece: Piece): Piece & { kind: 'expression' } {
    if (piece.kind !== 'expression') throw this.#refuse('has a condition where a value is needed');
    return piece;
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end' };
  }

  #next(): Token {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }

  #isSymbol(text: string): boolean {
    const token = this.#peek();
    return token.kind === 'symbol' && token.text === text;
  }

  #takeSymbol(text: string): boolean {
    const isIt = this.#isSymbol(text);
    if (isIt) this.#at += 1;
    return isIt;
  }

  #expect(text: string): void {
    if (!this.#takeSymbol(text)) throw this.#refuse(`needs '${text}'`);
  }

  #isKeyword(word: string): boolean {
    const token = this.#peek();
    return token.kind === 'name' && !token.isQuoted && token.text.toUpperCase() === word;
  }

  #takeKeyword(word: string): boolean {
    const isIt = this.#isKeyword(word);
    if (isIt) this.#at += 1;
    return isIt;
  }

  #refuse(problem: string): Refusal {
    return new Refusal(condition.argumentError, `The ${this.#what} '${this.#sql}' ${problem} (token ${this.#at}).`);
  }
}

function constant(literal: SqlValue): Piece & { kind: 'expression' } {
  return { kind: 'expression', value: () => literal, literal };
}

function user(name: string): Piece & { kind: 'expression' } {
  const property = propertyName(name);
  return { kind: 'expression', property, value: (subject) => sqlValue(subject.property(property)) };
}

/** `property = 'text'` is what nearly every rule does, so it is decided on the bytes. */
function comparison(left: Piece & { kind: 'expression' }, operator: string, accepts: (order: number) => boolean, right: Piece & { kind: 'expression' }): Predicate {
  const { property } = left;
  if (property && operator === '=' && typeof right.literal === 'string') {
    const expected = Buffer.from(right.literal, 'utf8');
    return (subject) => subject.isText(property, expected);
  }
  return (subject) => {
    const order = compare(left.value(subject), right.value(subject));
    return order === undefined ? undefined : accepts(order);
  };
}
