import type { Deployed, Expression, File, Loop, Parameter, Type } from './syntax.ts';
import { tokensOf, type Token } from './tokens.ts';

/**
 * Reads a Bicep file, or a `.bicepparam`. It knows the part of the language that we use and refuses the rest, so that nothing is
 * taken for something else; whether Bicep itself agrees is asked of its compiler in the pipeline.
 *
 * @throws Error with the line of what it does not understand.
 */
export function parseBicep(source: string): File {
  return new Parser(tokensOf(source)).file();
}

/** Loosest first. */
const precedence: readonly (readonly string[])[] = [['??'], ['||'], ['&&'], ['==', '!='], ['<', '>', '<=', '>='], ['+', '-'], ['*', '/', '%']];

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  file(): File {
    const parameters: Parameter[] = [];
    const variables: { name: string; value: Expression }[] = [];
    const resources: Deployed[] = [];
    const modules: Deployed[] = [];
    const outputs: { name: string; type: Type; value: Expression }[] = [];
    const types = new Map<string, Type>();
    const imports: { names: string[]; from: string }[] = [];
    const given = new Map<string, Expression>();
    let using: string | undefined;
    while (this.#at < this.#tokens.length) {
      this.#decorators();
      const line = this.#line();
      const word = this.#word();
      switch (word) {
        case 'targetScope': this.#symbol('='); this.#expression(); break;
        case 'using': using = this.#plainText(); break;
        case 'import': imports.push(this.#import()); break;
        case 'param': {
          const name = this.#word();
          if (this.#takes('=')) given.set(name, this.#expression());
          else {
            const type = this.#type();
            parameters.push({ name, type, line, ...(this.#takes('=') && { fallback: this.#expression() }) });
          }
          break;
        }
        case 'var': variables.push({ name: this.#word(), value: this.#assigned() }); break;
        case 'type': types.set(this.#word(), this.#assignedType()); break;
        case 'resource': resources.push(this.#deployed(line)); break;
        case 'module': modules.push(this.#deployed(line)); break;
        case 'output': outputs.push({ name: this.#word(), type: this.#type(), value: this.#assigned() }); break;
        default: throw new Error(`line ${line}: ${word} begins no statement that is known here`);
      }
    }
    return { parameters, variables, resources, modules, outputs, types, imports, given, ...(using !== undefined && { using }) };
  }

  #decorators(): void {
    while (this.#takes('@')) this.#expression();
  }

  #import(): { names: string[]; from: string } {
    const names: string[] = [];
    this.#symbol('{');
    while (!this.#takes('}')) {
      names.push(this.#word());
      this.#takes(',');
    }
    if (this.#word() !== 'from') throw new Error(`line ${this.#line()}: an import says where from`);
    return { names, from: this.#plainText() };
  }

  #deployed(line: number): Deployed {
    const name = this.#word();
    const what = this.#plainText();
    const isExisting = this.#takesWord('existing');
    this.#symbol('=');
    let loop: Loop | undefined;
    if (this.#takes('[')) {
      loop = this.#loop();
      this.#symbol(':');
    }
    let condition: Expression | undefined;
    if (this.#takesWord('if')) {
      this.#symbol('(');
      condition = this.#expression();
      this.#symbol(')');
    }
    const body = this.#expression();
    if (body.kind !== 'object') throw new Error(`line ${line}: ${name} is no object`);
    if (loop) this.#symbol(']');
    return { name, what, isExisting, body, line, ...(loop && { loop }), ...(condition && { condition }) };
  }

  /** After `[`, and before `:`. */
  #loop(): Loop {
    if (!this.#takesWord('for')) throw new Error(`line ${this.#line()}: for is expected`);
    let item: string;
    let index: string | undefined;
    if (this.#takes('(')) {
      item = this.#word();
      this.#symbol(',');
      index = this.#word();
      this.#symbol(')');
    } else item = this.#word();
    if (!this.#takesWord('in')) throw new Error(`line ${this.#line()}: in is expected`);
    return { item, over: this.#expression(), ...(index !== undefined && { index }) };
  }

  #assigned(): Expression {
    this.#symbol('=');
    return this.#expression();
  }

  #assignedType(): Type {
    this.#symbol('=');
    return this.#type();
  }

  #expression(): Expression {
    const condition = this.#binary(0);
    if (!this.#takes('?')) return condition;
    const yes = this.#expression();
    this.#symbol(':');
    return { kind: 'choice', condition, yes, no: this.#expression() };
  }

  #binary(level: number): Expression {
    const operators = precedence[level];
    if (!operators) return this.#unary();
    let left = this.#binary(level + 1);
    for (let operator = this.#operator(operators); operator !== undefined; operator = this.#operator(operators)) {
      left = { kind: 'binary', operator, left, right: this.#binary(level + 1) };
    }
    return left;
  }

  #operator(operators: readonly string[]): string | undefined {
    const next = this.#tokens[this.#at];
    if (next?.kind !== 'symbol' || !operators.includes(next.text)) return undefined;
    this.#at += 1;
    return next.text;
  }

  #unary(): Expression {
    return this.#takes('!') ? { kind: 'not', of: this.#unary() } : this.#postfix(this.#primary());
  }

  #postfix(object: Expression): Expression {
    const line = this.#line();
    if (this.#sameLine('!')) return this.#postfix(object);
    const isSafe = this.#takes('.?');
    if (isSafe || this.#takes('.')) {
      const name = this.#word();
      if (this.#takes('(')) return this.#postfix({ kind: 'call', name, of: object, given: this.#list(')'), line });
      return this.#postfix({ kind: 'member', object, name: { kind: 'value', value: name }, isSafe, line });
    }
    if (this.#takes('::')) return this.#postfix({ kind: 'nested', object, name: this.#word(), line });
    if (this.#sameLine('[')) {
      const name = this.#expression();
      this.#symbol(']');
      return this.#postfix({ kind: 'member', object, name, isSafe: false, line });
    }
    return object;
  }

  #primary(): Expression {
    const token = this.#next();
    if (token.kind === 'string') {
      if (token.parts.length === 1) return { kind: 'value', value: String(token.parts[0]) };
      return { kind: 'text', parts: token.parts.map((part) => (typeof part === 'string' ? part : new Parser(part).#expression())) };
    }
    if (token.kind === 'number') return { kind: 'value', value: Number(token.text) };
    if (token.text === '-') return { kind: 'value', value: -Number((this.#next() as { text: string }).text) };
    if (token.text === '[') return this.#array();
    if (token.text === '{') return this.#object();
    if (token.text === '(') return this.#parenthesized();
    if (token.kind !== 'word') throw new Error(`line ${token.line}: ${token.text} begins no expression`);
    if (token.text === 'true' || token.text === 'false') return { kind: 'value', value: token.text === 'true' };
    if (token.text === 'null') return { kind: 'value', value: null };
    if (this.#takes('=>')) return { kind: 'lambda', names: [token.text], body: this.#expression() };
    if (this.#takes('(')) return { kind: 'call', name: token.text, given: this.#list(')'), line: token.line };
    return { kind: 'name', name: token.text, line: token.line };
  }

  #parenthesized(): Expression {
    const inner = this.#expression();
    this.#symbol(')');
    return inner;
  }

  #array(): Expression {
    if (this.#peekWord('for')) {
      const loop = this.#loop();
      this.#symbol(':');
      const body = this.#expression();
      this.#symbol(']');
      return { kind: 'for', loop, body };
    }
    return { kind: 'array', items: this.#list(']') };
  }

  #object(): Expression {
    const properties: { key: Expression; value: Expression }[] = [];
    const nested: Deployed[] = [];
    while (!this.#takes('}')) {
      const line = this.#line();
      const key = this.#next();
      const key_ = key.kind === 'string' ? new Parser([key]).#expression() : { kind: 'value' as const, value: key.text };
      if (key.kind === 'word' && key.text === 'resource' && !this.#peekSymbol(':')) nested.push(this.#deployed(line));
      else {
        this.#symbol(':');
        properties.push({ key: key_, value: this.#expression() });
      }
      this.#takes(',');
    }
    return { kind: 'object', properties, nested };
  }

  #list(end: string): Expression[] {
    const items: Expression[] = [];
    while (!this.#takes(end)) {
      items.push(this.#expression());
      this.#takes(',');
    }
    return items;
  }

  #type(): Type {
    const first = this.#typeSuffixes(this.#plainType());
    if (!this.#peekSymbol('|')) return first;
    const of = [first];
    while (this.#takes('|')) of.push(this.#typeSuffixes(this.#plainType()));
    return { kind: 'either', of };
  }

  #typeSuffixes(type: Type): Type {
    if (this.#sameLine('[')) {
      this.#symbol(']');
      return this.#typeSuffixes({ kind: 'list', of: type });
    }
    return this.#takes('?') ? this.#typeSuffixes({ kind: 'nullable', of: type }) : type;
  }

  #plainType(): Type {
    const token = this.#next();
    if (token.kind === 'string') return { kind: 'literal', value: String(token.parts[0]) };
    if (token.text === '{') return this.#record();
    if (token.text === 'string' || token.text === 'int' || token.text === 'bool' || token.text === 'object' || token.text === 'array') return { kind: 'plain', name: token.text };
    if (token.kind === 'word') return { kind: 'named', name: token.text };
    throw new Error(`line ${token.line}: ${token.text} begins no type`);
  }

  #record(): Type {
    const fields = new Map<string, Type>();
    let isOpen = false;
    while (!this.#takes('}')) {
      this.#decorators();
      const isRest = this.#takes('*');
      const name = isRest ? '*' : this.#word();
      this.#symbol(':');
      const type = this.#type();
      if (isRest) isOpen = true;
      else fields.set(name, type);
      this.#takes(',');
    }
    return { kind: 'record', fields, isOpen };
  }

  #line(): number {
    return this.#tokens[this.#at]?.line ?? this.#tokens.at(-1)?.line ?? 0;
  }

  #next(): Token {
    const token = this.#tokens[this.#at];
    if (!token) throw new Error(`line ${this.#line()}: the file ends too soon`);
    this.#at += 1;
    return token;
  }

  #word(): string {
    const token = this.#next();
    if (token.kind !== 'word') throw new Error(`line ${token.line}: a name is expected`);
    return token.text;
  }

  #plainText(): string {
    const token = this.#next();
    if (token.kind !== 'string' || token.parts.length !== 1) throw new Error(`line ${token.line}: a plain text is expected`);
    return String(token.parts[0]);
  }

  #symbol(text: string): void {
    if (!this.#takes(text)) throw new Error(`line ${this.#line()}: ${text} is expected`);
  }

  #peekSymbol(text: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === 'symbol' && token.text === text;
  }

  #peekWord(text: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === 'word' && token.text === text;
  }

  #takes(text: string): boolean {
    if (!this.#peekSymbol(text)) return false;
    this.#at += 1;
    return true;
  }

  /** What continues an expression only on its own line: on the next, `[` is another element. */
  #sameLine(text: string): boolean {
    return this.#tokens[this.#at]?.isFirstOfLine === false && this.#takes(text);
  }

  #takesWord(text: string): boolean {
    if (!this.#peekWord(text)) return false;
    this.#at += 1;
    return true;
  }
}
