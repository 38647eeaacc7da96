import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { call } from './functions.ts';
import { parseBicep } from './parse.ts';
import type { Deployed, Expression, File, Loop } from './syntax.ts';
import { mismatch, resolveType } from './types.ts';
import { isNothing, Later, plain, Resource, show, type Value } from './value.ts';

/** A resource as it would be asked of Azure. */
export interface Placed {
  readonly type: string;
  readonly apiVersion: string;
  /** With the names of its parents: `namespace/topic/subscription`. */
  readonly name: string;
  readonly isExisting: boolean;
  readonly body: Readonly<Record<string, unknown>>;
  /** Where it is declared: `sql.bicep:48`. */
  readonly at: string;
}

/**
 * What a parameter file asks of Azure: every resource of every module, loops unrolled and conditions decided. Values that only Azure knows
 * stand as `<path>`. Parameters are held against their declarations on the way.
 *
 * @throws Error that says where, when a module is given what it does not take or not given what it needs, when a name is unknown, or when
 *   something has to be known before anything is deployed and is not.
 */
export function evaluateParameters(parameterFile: string, environment: Readonly<Record<string, string>>): readonly Placed[] {
  return deploymentOf(parameterFile, environment).placed;
}

/** The same, with what the deployment says when it is done. */
export function deploymentOf(parameterFile: string, environment: Readonly<Record<string, string>>): { readonly placed: readonly Placed[]; readonly outputs: Readonly<Record<string, unknown>> } {
  const folder = dirname(parameterFile);
  const file = parseBicep(readFileSync(parameterFile, 'utf8'));
  if (file.using === undefined) throw new Error(`${parameterFile} uses no template`);
  const scope = new Scope(folder, parameterFile, environment, []);
  const given = Object.fromEntries([...file.given].map(([name, value]) => [name, plain(scope.value(value))]));
  const placed: Placed[] = [];
  const outputs = run(join(folder, file.using), given, environment, placed);
  return { placed, outputs: Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, plain(value)])) };
}

export function evaluateFile(path: string, given: Readonly<Record<string, unknown>>, environment: Readonly<Record<string, string>> = {}): readonly Placed[] {
  const placed: Placed[] = [];
  run(path, given, environment, placed);
  return placed;
}

function run(path: string, given: Readonly<Record<string, unknown>>, environment: Readonly<Record<string, string>>, placed: Placed[]): Record<string, Value> {
  const file = parseBicep(readFileSync(path, 'utf8'));
  const scope = new Scope(dirname(path), path, environment, placed);
  scope.declare(file, given);
  return scope.finish(file);
}

class Scope {
  readonly #folder: string;
  readonly #path: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #placed: Placed[];
  /** Evaluated when first asked for: declarations come in any order. */
  readonly #names = new Map<string, () => Value>();

  constructor(folder: string, path: string, environment: Readonly<Record<string, string>>, placed: Placed[]) {
    this.#folder = folder;
    this.#path = path;
    this.#environment = environment;
    this.#placed = placed;
  }

  declare(file: File, given: Readonly<Record<string, unknown>>): void {
    const types = new Map(file.types);
    for (const { names, from } of file.imports) this.#import(names, from, types);
    const known = new Set(file.parameters.map(({ name }) => name));
    for (const name of Object.keys(given)) if (!known.has(name)) throw this.#error(undefined, `takes no parameter ${name}`);
    for (const { name, type, fallback, line } of file.parameters) {
      if (!(name in given) && !fallback && type.kind !== 'nullable') throw this.#error(line, `needs the parameter ${name}`);
      this.#define(name, () => {
        const value = name in given ? (given[name] as Value) : fallback ? this.value(fallback) : null;
        const wrong = mismatch(value, resolveType(type, types));
        if (wrong !== undefined) throw this.#error(line, `the parameter ${name} ${wrong}`);
        return value;
      });
    }
    for (const { name, value } of file.variables) this.#define(name, () => this.value(value));
    for (const resource of file.resources) this.#define(resource.name, () => this.#deploy(resource, (scope) => scope.#place(resource, undefined)));
    for (const module of file.modules) this.#define(module.name, () => this.#deploy(module, (scope) => scope.#module(module)));
  }

  finish(file: File): Record<string, Value> {
    for (const name of this.#names.keys()) this.#name(name, undefined);
    return Object.fromEntries(file.outputs.map(({ name, value }) => [name, plain(this.value(value)) as Value]));
  }

  #import(names: readonly string[], from: string, types: Map<string, import('./syntax.ts').Type>): void {
    const imported = parseBicep(readFileSync(join(this.#folder, from), 'utf8'));
    const other = new Scope(this.#folder, join(this.#folder, from), this.#environment, []);
    other.declare(imported, {});
    for (const [name, type] of imported.types) types.set(name, type);
    for (const name of names) if (!imported.types.has(name)) this.#define(name, () => other.#name(name, undefined));
  }

  #define(name: string, make: () => Value): void {
    if (this.#names.has(name)) throw this.#error(undefined, `${name} is declared twice`);
    let made: { readonly value: Value } | undefined;
    let isBeingMade = false;
    this.#names.set(name, () => {
      if (isBeingMade) throw this.#error(undefined, `${name} depends on itself`);
      isBeingMade = true;
      made ??= { value: make() };
      isBeingMade = false;
      return made.value;
    });
  }

  #name(name: string, line: number | undefined): Value {
    const make = this.#names.get(name);
    if (!make) throw this.#error(line, `${name} is not known`);
    return make();
  }

  /** Names of a loop or a lambda over those that are there. */
  #with(names: Readonly<Record<string, Value>>): Scope {
    const inner = new Scope(this.#folder, this.#path, this.#environment, this.#placed);
    for (const [name, make] of this.#names) inner.#names.set(name, make);
    for (const [name, value] of Object.entries(names)) inner.#names.set(name, () => value);
    return inner;
  }

  #deploy(deployed: Deployed, make: (scope: Scope) => Value): Value {
    const one = (scope: Scope): Value => {
      if (!deployed.condition) return make(scope);
      return this.#known(scope.value(deployed.condition), deployed, 'condition') === true ? make(scope) : null;
    };
    return deployed.loop ? this.#each(deployed.loop, one, deployed) : one(this);
  }

  #each(loop: Loop, make: (scope: Scope) => Value, deployed?: Deployed): Value {
    const over = this.value(loop.over);
    if (deployed) this.#known(over, deployed, 'loop');
    if (!Array.isArray(over)) throw this.#error(deployed?.line, `a loop runs over ${show(over)}, which is no array`);
    return (over as Value[]).map((item, index) => make(this.#with({ [loop.item]: item, ...(loop.index !== undefined && { [loop.index]: index }) })));
  }

  #known(value: Value, { name, line }: Deployed, what: string): Value {
    if (value instanceof Later) throw this.#error(line, `the ${what} of ${name} must be known before anything is deployed, and ${value.path} is not`);
    return value;
  }

  #place(deployed: Deployed, parent: Resource | undefined): Resource {
    const [ownType = '', ownVersion] = deployed.what.split('@');
    const properties = new Map(deployed.body.properties.map(({ key, value }) => [String(this.value(key)), value]));
    const parentExpression = properties.get('parent');
    const above = parent ?? (parentExpression ? this.value(parentExpression) : undefined);
    if (above !== undefined && !(above instanceof Resource)) throw this.#error(deployed.line, `the parent of ${deployed.name} is no resource`);
    const name = properties.get('name');
    if (!name) throw this.#error(deployed.line, `${deployed.name} has no name`);
    const ownName = this.#known(this.value(name), deployed, 'name');
    if (typeof ownName !== 'string' || ownName.includes('<')) throw this.#error(deployed.line, `the name of ${deployed.name} must be known before anything is deployed: ${show(ownName)}`);
    const type = parent ? `${parent.type}/${ownType}` : ownType;
    const fullName = above ? `${above.fullName}/${ownName}` : ownName;
    if (type.split('/').length - 1 !== fullName.split('/').length) throw this.#error(deployed.line, `${fullName} has not as many parts as ${type}`);
    const body = Object.fromEntries([...properties].filter(([key]) => !['parent', 'name', 'dependsOn'].includes(key)).map(([key, value]) => [key, plain(this.value(value))]));
    const depends = properties.get('dependsOn');
    if (depends) this.value(depends);
    const apiVersion = ownVersion ?? parent?.apiVersion ?? '';
    const resource = new Resource(type, apiVersion, fullName, ownName, body, deployed.name);
    this.#placed.push({ type, apiVersion, name: fullName, isExisting: deployed.isExisting, body, at: `${this.#file}:${deployed.line}` });
    for (const nested of deployed.body.nested) resource.nested.set(nested.name, this.#place(nested, resource));
    return resource;
  }

  #module(module: Deployed): Value {
    const properties = new Map(module.body.properties.map(({ key, value }) => [String(this.value(key)), value]));
    const params = properties.get('params');
    const given = params ? (plain(this.value(params)) as Record<string, unknown>) : {};
    const depends = properties.get('dependsOn');
    if (depends) this.value(depends);
    try {
      return { outputs: run(join(this.#folder, module.what), given, this.#environment, this.#placed) };
    } catch (error) {
      throw this.#error(module.line, `${module.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  value(expression: Expression): Value {
    switch (expression.kind) {
      case 'value': return expression.value;
      case 'text': return expression.parts.map((part) => (typeof part === 'string' ? part : show(this.value(part)))).join('');
      case 'name': return this.#name(expression.name, expression.line);
      case 'array': return expression.items.map((item) => this.value(item));
      case 'object': return Object.fromEntries(expression.properties.map(({ key, value }) => [show(this.value(key)), this.value(value)]));
      case 'for': return this.#each(expression.loop, (scope) => scope.value(expression.body));
      case 'not': return this.value(expression.of) !== true;
      case 'choice': return this.value(expression.condition) === true ? this.value(expression.yes) : this.value(expression.no);
      case 'binary': return this.#binary(expression.operator, expression.left, expression.right);
      case 'lambda': return (...given: readonly Value[]) => this.#with(Object.fromEntries(expression.names.map((name, index) => [name, given[index] ?? null]))).value(expression.body);
      case 'nested': return this.#nested(this.value(expression.object), expression.name, expression.line);
      case 'member': return this.#member(expression);
      case 'call': {
        if (expression.of) {
          const of = this.value(expression.of);
          if (of instanceof Resource) return new Later(`${of.symbol}.${expression.name}()`);
          throw this.#error(expression.line, `${expression.name} is called on what is no resource`);
        }
        try {
          return call(expression.name, expression.given.map((each) => this.value(each)), this.#folder, this.#environment);
        } catch (error) {
          throw this.#error(expression.line, error instanceof Error ? error.message : String(error));
        }
      }
    }
  }

  #nested(object: Value, name: string, line: number): Value {
    const nested = object instanceof Resource ? object.nested.get(name) : undefined;
    if (!nested) throw this.#error(line, `${name} is not nested there`);
    return nested;
  }

  #member(expression: Expression & { readonly kind: 'member' }): Value {
    const object = this.value(expression.object);
    const key = this.value(expression.name);
    if (object instanceof Later) return object.member(key);
    if (object instanceof Resource) return object.member(key);
    if (isNothing(object)) {
      if (expression.isSafe) return null;
      throw this.#error(expression.line, `${show(key)} is asked of what is not deployed, or null`);
    }
    const found = Array.isArray(object) ? object[Number(key)] : (object as Record<string, Value>)[String(key)];
    if (found !== undefined) return found;
    if (expression.isSafe) return null;
    throw this.#error(expression.line, `there is no ${show(key)} in ${Object.keys(object as object).join(', ') || show(object)}`);
  }

  #binary(operator: string, left: Expression, right: Expression): Value {
    const first = this.value(left);
    switch (operator) {
      case '??': return isNothing(first) ? this.value(right) : first;
      case '||': return first === true || this.value(right) === true;
      case '&&': return first === true && this.value(right) === true;
      case '==': return first === this.value(right);
      case '!=': return first !== this.value(right);
      case '+': return Number(first) + Number(this.value(right));
      case '*': return Number(first) * Number(this.value(right));
      default: throw new Error(`${this.#file}: ${operator} is not known here`);
    }
  }

  get #file(): string {
    return this.#path.slice(this.#folder.length + 1);
  }

  #error(line: number | undefined, message: string): Error {
    return new Error(`${this.#file}${line === undefined ? '' : `:${line}`} ${message}`);
  }
}
