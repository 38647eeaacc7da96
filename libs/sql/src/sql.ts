import { ShapeCache, type Shape } from './shape.ts';
import type { Parameter } from './types.ts';

/** SQL Server takes 2,100 parameters, and `sp_executesql` needs some of them itself. Lists travel as JSON instead. */
export const maxParameters = 2_000;

/** A statement, or a part of one, with its parameters. Only `sql` and `join` make these: text can never be a value, nor a value text. */
export class Sql {
  readonly shape: Shape;
  readonly parameters: readonly Parameter[];

  /** @internal */
  constructor(shape: Shape, parameters: readonly Parameter[]) {
    this.shape = shape;
    this.parameters = parameters;
  }

  /** The text as the server sees it, with `@p0`, `@p1`, … The same statement is the same text every time, so its plan is found again. */
  get text(): string {
    return this.shape.text;
  }
}

const plainShapes = new WeakMap<TemplateStringsArray, Shape>();
const composedShapes = new WeakMap<TemplateStringsArray, ShapeCache>();
const joinedShapes = new Map<Separator, ShapeCache>();

/**
 * T-SQL with typed values and nested parts:
 *
 *     sql`SELECT name FROM store WHERE tenant_id = ${varchar(40, tenantId)} AND ${isOpen}`
 *
 * @throws TypeError naming the parameter, when its value is one that the driver or the server would change.
 */
export function sql(parts: TemplateStringsArray, ...values: readonly (Parameter | Sql)[]): Sql {
  if (values.some((value) => value instanceof Sql)) return compose(parts, values);
  const parameters = bounded(values as readonly Parameter[]);
  for (const [index, parameter] of parameters.entries()) check(parameter, index, parts[index] ?? '');
  let shape = plainShapes.get(parts);
  if (!shape) {
    shape = shapeOf([...parts]);
    plainShapes.set(parts, shape);
  }
  return new Sql(shape, parameters);
}

export type Separator = ' ' | ', ' | '\n' | ';\n' | ' AND ' | ' OR ' | '\nUNION ALL\n';

/** The parts one after the other; nothing when there are none. */
export function join(fragments: readonly Sql[], separator: Separator = '\n'): Sql {
  const [only] = fragments;
  if (only && fragments.length === 1) return only;
  let cache = joinedShapes.get(separator);
  if (!cache) {
    cache = new ShapeCache();
    joinedShapes.set(separator, cache);
  }
  const shapes = fragments.map((fragment) => fragment.shape);
  const shape = cache.get(shapes, () => shapeOf(splice(['', ...shapes.slice(1).map(() => separator)], shapes)));
  return new Sql(shape, bounded(fragments.flatMap((fragment) => fragment.parameters)));
}

/** Nothing: for a part of a unit of work that is not always there. */
export const nothing: Sql = sql``;

function compose(parts: TemplateStringsArray, values: readonly (Parameter | Sql)[]): Sql {
  let cache = composedShapes.get(parts);
  if (!cache) {
    cache = new ShapeCache();
    composedShapes.set(parts, cache);
  }
  const nested: (Shape | undefined)[] = [];
  const parameters: Parameter[] = [];
  for (const [index, value] of values.entries()) {
    if (value instanceof Sql) {
      nested.push(value.shape);
      for (const parameter of value.parameters) parameters.push(parameter);
    } else {
      check(value, index, parts[index] ?? '');
      nested.push(undefined);
      parameters.push(value);
    }
  }
  return new Sql(
    cache.get(nested, () => shapeOf(splice(parts, nested))),
    bounded(parameters),
  );
}

function bounded(parameters: readonly Parameter[]): readonly Parameter[] {
  if (parameters.length > maxParameters) throw new TypeError(`${parameters.length} parameters are more than ${maxParameters}; send a list as JSON`);
  return parameters;
}

/** `texts` with a nested shape, or a parameter where there is none, between each two. */
function splice(texts: readonly string[], nested: readonly (Shape | undefined)[]): string[] {
  const pieces = [texts[0] ?? ''];
  for (const [index, shape] of nested.entries()) {
    const following = texts[index + 1] ?? '';
    if (!shape) {
      pieces.push(following);
      continue;
    }
    const [first = '', ...others] = shape.pieces;
    pieces.push((pieces.pop() ?? '') + first, ...others);
    pieces.push((pieces.pop() ?? '') + following);
  }
  return pieces;
}

function shapeOf(pieces: readonly string[]): Shape {
  return { pieces, text: pieces.reduce((statement, piece, index) => `${statement}@p${index - 1}${piece}`) };
}

function check(parameter: Parameter, index: number, before: string): void {
  const { type } = parameter as Partial<Parameter>;
  const problem = type ? type.refuse(parameter.value) : 'has no type; use varchar(), int(), json() and so on';
  if (problem === undefined) return;
  throw new TypeError(`@p${index}${type ? ` ${type.declaration}` : ''} after "${before.slice(-60).trim()}" ${problem}`);
}
