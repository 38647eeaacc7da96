import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSync } from '@swc/core';

/** One text as the server would get it, with its parameters as `sp_executesql` declares them. */
export interface ProductText {
  /** The file and the first words of the template. */
  readonly where: string;
  readonly file: string;
  readonly text: string;
  readonly declaration: string;
}

/** A template, or a literal given to `batch`, as it stands in a source file. */
export interface Found {
  readonly where: string;
  readonly texts: readonly ProductText[];
  /** A part that is no statement by itself: some other text must hold it. */
  readonly isPart: boolean;
}

interface Node { readonly type: string; readonly [key: string]: unknown }
/** The nodes around a node, outermost first: names are looked up from the inside out. */
type Around = readonly Node[];
interface At { readonly node: Node; readonly around: Around; readonly file: string }
/** Text between marks is the type of a parameter. */
type Variants = readonly string[];

const MARK = '\u0000';
/** How the makers of `libs/sql/src/types.ts` declare what they send. */
const makers: Readonly<Record<string, (length: number) => string>> = {
  varchar: (length) => `varchar(${length})`, nvarchar: (length) => `nvarchar(${length})`, text: () => 'nvarchar(max)', json: () => 'nvarchar(max)',
  int: () => 'int', bigint: () => 'bigint', bit: () => 'bit', uuid: () => 'uniqueidentifier', datetime2: () => 'datetime2(3)',
};
const statement = /^\s*(SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|SET|IF|DECLARE|BEGIN|COMMIT|ROLLBACK|SAVE|THROW|EXEC|EXECUTE|PRINT|CREATE|ALTER|DROP|TRUNCATE|WHILE)\b/i;
/** What an untagged literal that is SQL looks like: two words of it, so that prose is let alone. */
const looksLikeSql = /^\s*(SELECT\s+[\w@*(]|INSERT\s+INTO\b|UPDATE\s+\w+\s+SET\b|DELETE\s+(TOP|FROM)\b|MERGE\s+INTO\b|SET\s+(XACT_ABORT|NOCOUNT|LOCK_TIMEOUT|TRANSACTION)\b|BEGIN\s+TRAN|COMMIT(\s+TRAN|;|\s*$)|ROLLBACK(\s+TRAN|;|\s*$)|DECLARE\s+@|EXEC\s+\w|IF\s+(@@|OBJECT_ID|EXISTS|NOT EXISTS)|(CREATE|ALTER|DROP)\s+(TABLE|INDEX|UNIQUE|SCHEMA|SECURITY|FUNCTION))/;

/** Follows the SQL templates of a file to whole texts. */
export class Texts {
  readonly #modules = new Map<string, Node>();
  /** Templates that stand in a text that was followed to its end. */
  readonly #held = new Set<Node>();
  readonly #found: { readonly at: At; readonly found: Found }[] = [];
  readonly #strays: string[] = [];
  readonly #read: (path: string) => string;

  constructor(read = (path: string) => readFileSync(path, 'utf8')) {
    this.#read = read;
  }

  /** @throws Error naming what cannot be followed: write it more simply, or teach this class. */
  add(file: string): void {
    const module = this.#module(file);
    walk(module, [], (node, around) => {
      const at = { node, around, file };
      if (isSqlTemplate(node)) {
        const isHeld = this.#held.has(node);
        this.#add(at, this.#follow(at));
        // Following it has marked the template itself, which holds nothing but its parts.
        if (!isHeld) this.#held.delete(node);
      }
      else if (isBatchCall(node)) this.#batch(node, around, file);
      else if (isText(node) && !isTagged(node, around) && !isBatchArgument(around) && looksLikeSql.test(textOf(node))) this.#strays.push(`${label(file, textOf(node))} is SQL, but neither a sql template nor given to batch()`);
    });
  }

  get found(): readonly Found[] {
    return this.#found.map(({ found }) => found);
  }

  /** What escapes: SQL in plain literals, and parts that no text holds. */
  get problems(): readonly string[] {
    const parts = this.#found.filter(({ at, found }) => found.isPart && !this.#held.has(at.node)).map(({ found }) => `${found.where} is a part that no statement holds`);
    return [...this.#strays, ...parts];
  }

  #module(file: string): Node {
    let module = this.#modules.get(file);
    if (!module) {
      module = parseSync(this.#read(file), { syntax: 'typescript', decorators: true, target: 'es2022' }) as unknown as Node;
      this.#modules.set(file, module);
    }
    return module;
  }

  #add(at: At, variants: Variants): void {
    const where = label(at.file, quasis(at.node).join(' … '));
    const isPart = !variants.every((text) => text.trim() === '' || statement.test(text));
    this.#found.push({ at, found: { where, isPart, texts: isPart ? [] : variants.filter((text) => text.trim() !== '').map((text) => ({ where, file: at.file, ...numbered(text) })) } });
  }

  #batch(call: Node, around: Around, file: string): void {
    const [argument] = call['arguments'] as { expression: Node }[];
    if (!argument || !isText(argument.expression)) return;
    const text = textOf(argument.expression);
    const where = label(file, text);
    this.#found.push({ at: { node: call, around, file }, found: { where, isPart: false, texts: [{ where, file, text, declaration: '' }] } });
  }

  /** Everything an expression can become inside a text. */
  #follow({ node, around, file }: At): Variants {
    const next = (inner: unknown, innerAround: Around = around) => this.#follow({ node: inner as Node, around: innerAround, file });
    switch (node.type) {
      case 'TaggedTemplateExpression': {
        if (!isSqlTemplate(node)) break;
        this.#held.add(node);
        const [first = '', ...rest] = quasis(node);
        const inside = (node['template'] as { expressions: Node[] }).expressions.map((expression) => {
          const variants = this.#follow({ node: expression, around: [...around, node], file });
          if (variants.length === 0) throw new Error(`${label(file, first)}: there is nothing that could stand for a part of it`);
          return variants;
        });
        return choices(inside).map((chosen) => chosen.reduce((text, variant, i) => text + variant + (rest[i] ?? ''), first));
      }
      case 'ParenthesisExpression': case 'TsAsExpression': case 'TsNonNullExpression': return next(node['expression']);
      case 'ConditionalExpression': return [...next(node['consequent']), ...next(node['alternate'])];
      case 'CallExpression': {
        const callee = node['callee'] as Node;
        if (callee.type !== 'Identifier') break;
        const name = String(callee['value']);
        const declared = lookUp(name, around) ?? this.#imported(name, file);
        if (declared === undefined && name === 'join') return this.#join({ node, around, file });
        if (declared === undefined && makers[name]) return [`${MARK}${makers[name](lengthOf(node, around))}${MARK}`];
        if (declared && 'value' in declared && isFunction(declared.value.node)) return this.#returns({ ...declared.value, file: declared.value.file || file }, node);
        break;
      }
      case 'Identifier': {
        const name = String(node['value']);
        const declared = lookUp(name, around) ?? this.#imported(name, file);
        if (declared && 'value' in declared) return this.#follow({ ...declared.value, file: declared.value.file || file });
        if (declared) return this.#given(declared, file);
        if (name === 'nothing') return [''];
        break;
      }
      default:
    }
    throw new Error(`${file}: ${node.type} ${String(node['value'] ?? '')} stands in a SQL text and cannot be followed`);
  }

  /** `join([a, b], separator)`: every way its parts can turn out; of a list that is made by `map`, one of each and two. */
  #join({ node, around, file }: At): Variants {
    const [list, by] = (node['arguments'] as { expression: Node }[]).map(({ expression }) => expression);
    const separator = by ? textOf(by) : '\n';
    if (list?.type === 'CallExpression' && ((list['callee'] as Node)['property'] as Node | undefined)?.['value'] === 'map') {
      const [each] = list['arguments'] as { expression: Node }[];
      if (each && isFunction(each.expression)) return this.#returns({ node: each.expression, around, file }).flatMap((one) => [one, one + separator + one]);
    }
    if (list?.type !== 'ArrayExpression') throw new Error(`${file}: a join() of something else than a list stands in a SQL text and cannot be followed`);
    const parts = (list['elements'] as ({ spread?: unknown; expression: Node } | null)[]).map((element) => {
      if (!element || element.spread) throw new Error(`${file}: a join() with a spread stands in a SQL text and cannot be followed`);
      return this.#follow({ node: element.expression, around, file });
    });
    return choices(parts).map((chosen) => chosen.filter((part) => part !== '').join(separator));
  }

  #returns({ node, around, file }: At, call?: Node): Variants {
    const within = [...around, node];
    const body = node['body'] as Node;
    if (!('stmts' in body)) return this.#follow({ node: body, around: within, file });
    const variants: string[] = [];
    walk(body, within, (inner, innerAround) => {
      if (inner.type === 'ReturnStatement' && !isOtherCase(innerAround, node, call)) variants.push(...this.#follow({ node: inner['argument'] as Node, around: innerAround, file }));
    });
    return variants;
  }

  /** A parameter of a function: what its callers in the same file give, or nothing when it is open to all callers. */
  #given({ name, position, type, of }: Given, file: string): Variants {
    const variants: string[] = [];
    if (name !== undefined) {
      walk(this.#module(file), [], (node, around) => {
        const callee = node['callee'] as Node | undefined;
        if (node.type !== 'CallExpression' || callee?.type !== 'Identifier' || callee['value'] !== name || around.includes(of)) return;
        const argument = (node['arguments'] as { expression: Node }[])[position];
        if (argument) variants.push(...this.#follow({ node: argument.expression, around, file }));
      });
    }
    if (variants.length > 0) return variants;
    if (type === 'Sql') return [''];
    throw new Error(`${file}: nobody gives ${name ?? 'a function without a name'} what its text holds`);
  }

  #imported(name: string, file: string): Declared | undefined {
    const module = this.#module(file);
    for (const item of module['body'] as Node[]) {
      if (item.type !== 'ImportDeclaration') continue;
      const from = String((item['source'] as { value: string }).value);
      const isWanted = (item['specifiers'] as Node[]).some((specifier) => (specifier['local'] as { value: string }).value === name);
      if (!isWanted || !from.startsWith('.') || makers[name]) continue;
      const path = join(dirname(file), from);
      const found = lookUp(name, [this.#module(path)]);
      if (found && 'value' in found) return { value: { ...found.value, file: path } };
    }
    return undefined;
  }
}

/** `switch (column)` with the column given as a literal: only its own case is meant. */
function isOtherCase(around: Around, called: Node, call: Node | undefined): boolean {
  const at = around.findIndex(({ type }) => type === 'SwitchStatement');
  const on = around[at]?.['discriminant'] as Node | undefined;
  const test = around.slice(at).find(({ type }) => type === 'SwitchCase')?.['test'] as Node | null | undefined;
  if (at < 0 || !call || on?.type !== 'Identifier' || test?.type !== 'StringLiteral') return false;
  const given = (call['arguments'] as { expression: Node }[])[parametersOf(called).findIndex((parameter) => parameter['value'] === on['value'])]?.expression;
  return given?.type === 'StringLiteral' && given['value'] !== test['value'];
}

/** Texts up to which every combination is tried. Beyond, every part is tried in each of its ways, beside the first and beside the last ways of the others. */
const everyWay = 32;

function choices(parts: readonly Variants[]): readonly Variants[] {
  if (parts.reduce((count, { length }) => count * length, 1) <= everyWay) return parts.reduce<readonly Variants[]>((chosen, variants) => chosen.flatMap((before) => variants.map((variant) => [...before, variant])), [[]]);
  const firsts = parts.map((variants) => variants[0] ?? '');
  const lasts = parts.map((variants) => variants.at(-1) ?? '');
  return [firsts, lasts].flatMap((others) => parts.flatMap((variants, i) => variants.map((variant) => others.with(i, variant))));
}

interface Given { readonly name: string | undefined; readonly position: number; readonly type: string | undefined; readonly of: Node }
type Declared = { readonly value: At } | Given;

/** The declaration that a name means: from the innermost block outward. */
function lookUp(name: string, around: Around): Declared | undefined {
  for (let i = around.length - 1; i >= 0; i -= 1) {
    const scope = around[i];
    if (!scope) continue;
    const outer = around.slice(0, i);
    if (isFunction(scope)) {
      const position = parametersOf(scope).findIndex((parameter) => parameter['value'] === name);
      if (position >= 0) return { name: nameOf(scope, outer), position, type: typeOf(parametersOf(scope)[position]), of: scope };
    }
    const items = scope.type === 'Module' ? scope['body'] : scope['stmts'];
    for (const item of (items ?? []) as Node[]) {
      const declaration = item.type === 'ExportDeclaration' ? item['declaration'] as Node : item;
      if (declaration.type === 'FunctionDeclaration' && (declaration['identifier'] as Node)['value'] === name) return { value: { node: declaration, around: around.slice(0, i + 1), file: '' } };
      if (declaration.type !== 'VariableDeclaration') continue;
      for (const { id, init } of declaration['declarations'] as { id: Node; init?: Node }[]) if (id['value'] === name && init) return { value: { node: init, around: around.slice(0, i + 1), file: '' } };
    }
  }
  return undefined;
}

const isFunction = (node: Node) => ['ArrowFunctionExpression', 'FunctionDeclaration', 'FunctionExpression', 'ClassMethod'].includes(node.type);

function parametersOf(scope: Node): Node[] {
  const holder = scope.type === 'ClassMethod' ? scope['function'] as Node : scope;
  return (holder['params'] as Node[]).map((parameter) => (parameter.type === 'Parameter' ? parameter['pat'] as Node : parameter));
}

function typeOf(parameter: Node | undefined): string | undefined {
  const annotation = (parameter?.['typeAnnotation'] as { typeAnnotation?: { typeName?: { value?: string } } } | undefined)?.typeAnnotation;
  return annotation?.typeName?.value;
}

function nameOf(scope: Node, outer: Around): string | undefined {
  if (scope.type === 'FunctionDeclaration') return String((scope['identifier'] as Node)['value']);
  const declarator = outer.at(-1);
  return declarator?.type === 'VariableDeclarator' ? String((declarator['id'] as Node)['value']) : undefined;
}

function lengthOf(call: Node, around: Around): number {
  const [first] = call['arguments'] as { expression: Node }[];
  const expression = first?.expression;
  if (expression?.type === 'NumericLiteral') return Number(expression['value']);
  const declared = expression?.type === 'Identifier' ? lookUp(String(expression['value']), around) : undefined;
  return declared && 'value' in declared && declared.value.node.type === 'NumericLiteral' ? Number(declared.value.node['value']) : 4000;
}

const isSqlTemplate = (node: Node) => node.type === 'TaggedTemplateExpression' && (node['tag'] as Node).type === 'Identifier' && (node['tag'] as Node)['value'] === 'sql';
const isBatchCall = (node: Node) => node.type === 'CallExpression' && (node['callee'] as Node).type === 'MemberExpression' && ((node['callee'] as Node)['property'] as Node)['value'] === 'batch';
const isBatchArgument = (around: Around) => around.slice(-2).some(isBatchCall);
const isText = (node: Node) => node.type === 'StringLiteral' || node.type === 'TemplateLiteral';
const isTagged = (node: Node, around: Around) => around.at(-1)?.type === 'TaggedTemplateExpression' || node.type === 'TsLiteralType';
const quasis = (node: Node): string[] => ((node['template'] as { quasis: { cooked: string }[] }).quasis).map(({ cooked }) => cooked);
const textOf = (node: Node): string => (node.type === 'StringLiteral' ? String(node['value']) : (node['quasis'] as { cooked: string }[]).map(({ cooked }) => cooked).join('?'));
const label = (file: string, text: string) => `${file}: ${text.trim().replaceAll(/\s+/g, ' ').slice(0, 70)}`;

function numbered(marked: string): { text: string; declaration: string } {
  const parts = marked.split(MARK);
  const types = parts.filter((_, i) => i % 2 === 1);
  return { text: parts.map((part, i) => (i % 2 === 1 ? `@p${(i - 1) / 2}` : part)).join(''), declaration: types.map((type, i) => `@p${i} ${type}`).join(', ') };
}

function walk(node: unknown, around: Around, visit: (node: Node, around: Around) => void): void {
  if (Array.isArray(node)) {
    for (const each of node) walk(each, around, visit);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const isNode = 'type' in node && typeof node.type === 'string';
  if (isNode) visit(node as Node, around);
  const inside = isNode ? [...around, node as Node] : around;
  for (const [key, value] of Object.entries(node)) if (key !== 'span') walk(value, inside, visit);
}

/** The product's own source: no specs, no test helpers. */
export function productFiles(root: string): string[] {
  const projects = ['libs', 'services'].flatMap((group) => readdirSync(join(root, group)).map((name) => `${group}/${name}/src`));
  return projects.flatMap((folder) => {
    try {
      return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file.replaceAll('\\', '/')}`);
    } catch {
      return [];
    }
  }).filter((file) => file.endsWith('.ts') && !/\.spec\.ts$|\/testing(\.ts|\/)/.test(file)).toSorted();
}
