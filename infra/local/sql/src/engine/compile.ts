import type { Expression } from '../tsql/node/expression.ts';
import type { Select } from '../tsql/node/query.ts';
import type { Execute, SelectStatement, Statement } from '../tsql/node/statement.ts';
import { parseBatch } from '../tsql/parse/batch.ts';
import { MAX, type as types, type SqlType } from '../value/sql-type.ts';
import type { Catalog } from './catalog.ts';
import { Prepared } from './database.ts';
import type { Bind } from './emit/bind.ts';
import { coerce, refuseVariant } from './emit/coerce.ts';
import type { Definition } from './emit/definition.ts';
import { definitionOf } from './emit/definition-of.ts';
import { emitDelete } from './emit/delete.ts';
import { Emitter, Variables, type LockWish } from './emit/emitter.ts';
import { emitCondition, emitValue } from './emit/expression.ts';
import { emitInsert } from './emit/insert.ts';
import { emitQuery, type OutputColumn } from './emit/query.ts';
import { Scope } from './emit/scope.ts';
import { emitUpdate } from './emit/update.ts';
import type { TwoPhase, Write } from './emit/write.ts';
import { isStackOverflow, outside, tooDeep, TsqlError } from './error.ts';
import { procedureParameters } from './run/procedure.ts';
import { hasFreeLength, type Parameter } from './plan-cache.ts';

/** Reads rows or one value; `locks` are those its hints ask for, `reads` when stored tables are involved. */
export interface Reading {
  readonly prepared: Prepared;
  readonly binds: readonly Bind[];
  readonly locks: readonly LockWish[];
  readonly reads: boolean;
}

/** Writes rows of one table. `touching` is the same statement which also tells, last in each row, the identity of what it wrote. */
export interface Writing {
  readonly verb: 'INSERT' | 'UPDATE' | 'DELETE';
  readonly prepared: Prepared;
  readonly touching: Prepared;
  readonly binds: readonly Bind[];
  readonly locks: readonly LockWish[];
  readonly columns: readonly OutputColumn[] | undefined;
  readonly table: string;
  /** One row is written at most, or none at all. */
  readonly isOneRow: boolean;
  readonly twoPhase: (TwoPhase & { readonly writing: Prepared }) | undefined;
}

export type Compiled =
  | (Reading & { readonly kind: 'query'; readonly columns: readonly OutputColumn[] })
  | (Reading & { readonly kind: 'assign'; readonly slots: readonly number[] })
  | (Writing & { readonly kind: 'write' })
  | { readonly kind: 'condition'; readonly reading: Reading }
  | { readonly kind: 'throw'; readonly reading: Reading | undefined }
  | { readonly kind: 'print'; readonly reading: Reading }
  | { readonly kind: 'execute'; readonly procedure: string; readonly result: number | undefined; readonly arguments: readonly { readonly name: string | undefined; readonly value: Argument }[] }
  | { readonly kind: 'set context'; readonly key: Argument | undefined; readonly value: Argument | undefined; readonly readOnly: Argument | undefined }
  | { readonly kind: 'define'; readonly verb: string; readonly definition: (catalog: Catalog) => Definition }
  | { readonly kind: 'interpreted' };

/** What a procedure is given: text, a variable, or what only SQLite can work out. */
export type Argument = { readonly text: string | null } | { readonly slot: number } | { readonly reading: Reading };

/** One statement of a plan. It is compiled when first reached, because an earlier statement may create what it names. */
export class Step {
  readonly statement: Statement;
  readonly children: readonly Step[];
  readonly otherwise: readonly Step[];
  #compiled: Compiled | undefined;
  #version = -1;

  constructor(statement: Statement, readonly variables: Variables) {
    this.statement = statement;
    const steps = (list: readonly Statement[]) => list.map((child) => new Step(child, variables));
    switch (statement.node) {
      case 'if':
        this.children = steps([statement.then]);
        this.otherwise = steps(statement.otherwise ? [statement.otherwise] : []);
        break;
      case 'while': this.children = steps([statement.body]); this.otherwise = []; break;
      case 'block': this.children = steps(statement.statements); this.otherwise = []; break;
      case 'try': this.children = steps(statement.attempt); this.otherwise = steps(statement.handler); break;
      default: this.children = []; this.otherwise = [];
    }
  }

  compiled(catalog: Catalog): Compiled {
    if (this.#compiled && this.#version === catalog.version) return this.#compiled;
    try {
      this.#compiled = compileStatement(this.statement, catalog, this.variables);
    } catch (error) {
      const told = isStackOverflow(error) ? tooDeep() : error;
      if (told instanceof TsqlError) told.line = this.statement.line;
      throw told;
    }
    this.#version = catalog.version;
    return this.#compiled;
  }
}

/** One batch, parsed and with its variables known. */
export class BatchPlan {
  /** The catalog this batch was last checked against as a whole. */
  #checked = -1;
  constructor(readonly steps: readonly Step[], readonly variables: Variables, readonly parameters: readonly Parameter[]) {}

  /** What is wrong with a statement over tables that exist stops the whole batch before it begins; a table that does not exist yet does not. */
  check(catalog: Catalog): void {
    if (this.#checked === catalog.version) return;
    this.#compileAll(catalog, deferred);
    this.#checked = catalog.version;
  }

  /** As {@link check}, for a text that is not going to be run: nothing it names may be missing. */
  checkWhole(catalog: Catalog): void {
    this.#compileAll(catalog, new Set());
  }

  #compileAll(catalog: Catalog, later: ReadonlySet<number>): void {
    const visit = (steps: readonly Step[]) => {
      for (const step of steps) {
        try {
          step.compiled(catalog);
        } catch (error) {
          if (!(error instanceof TsqlError) || !later.has(error.number)) throw error;
        }
        visit(step.children);
        visit(step.otherwise);
      }
    };
    visit(this.steps);
  }
}

/** Errors that speak of objects: they are raised when the statement is reached, for an earlier one may have made the object. */
const deferred = new Set([208, 544, 2812]);

export function compileBatch(sql: string, parameters: readonly Parameter[]): BatchPlan {
  const variables = new Variables();
  for (const { name, type } of parameters) variables.declare(name, hasFreeLength(type) ? { ...type, length: MAX } : type);
  try {
    return new BatchPlan(parseBatch(sql).map((statement) => new Step(declareAll(statement, variables), variables)), variables, parameters);
  } catch (error) {
    throw isStackOverflow(error) ? tooDeep() : error;
  }
}

/** Variables are visible from their DECLARE to the end of the batch, blocks or not. Use before declaration is caught on the way (137). */
function declareAll(statement: Statement, variables: Variables): Statement {
  switch (statement.node) {
    case 'declare':
      for (const { name, type } of statement.variables) {
        if (variables.has(name)) throw new TsqlError(134, `The variable name '${name}' has already been declared. Variable names must be unique within a query batch or stored procedure.`, { severity: 15, state: 2, effect: 'batch', line: statement.line });
        variables.declare(name, type);
      }
      return statement;
    case 'if':
      declareAll(statement.then, variables);
      if (statement.otherwise) declareAll(statement.otherwise, variables);
      return statement;
    case 'while': declareAll(statement.body, variables); return statement;
    case 'block': for (const child of statement.statements) declareAll(child, variables); return statement;
    case 'try': for (const child of [...statement.attempt, ...statement.handler]) declareAll(child, variables); return statement;
    default: return statement;
  }
}

function compileStatement(statement: Statement, catalog: Catalog, variables: Variables): Compiled {
  const emitter = new Emitter(catalog, variables);
  switch (statement.node) {
    case 'select statement': return compileSelect(statement, emitter);
    case 'insert': return writing('INSERT', emitInsert(statement, emitter), emitter);
    case 'update': return writing('UPDATE', emitUpdate(statement, emitter), emitter);
    case 'delete': return writing('DELETE', emitDelete(statement, emitter), emitter);
    case 'declare': {
      const initial = statement.variables.filter(({ value }) => value !== undefined);
      if (initial.length === 0) return { kind: 'interpreted' };
      return assigning(initial.map(({ name, value }) => ({ variable: name, expression: value ?? nothing })), emitter);
    }
    case 'set variable': return assigning([{ variable: statement.variable, expression: statement.expression }], emitter);
    case 'if': case 'while': {
      const sql = emitCondition(statement.condition, new Scope(), emitter);
      return { kind: 'condition', reading: reading(`SELECT ${sql}`, emitter) };
    }
    case 'throw': return { kind: 'throw', reading: statement.error && values([[statement.error.number, types.int], [statement.error.message, types.nvarchar(2048)], [statement.error.state, types.int]], emitter) };
    case 'print': return { kind: 'print', reading: values([[statement.message, types.nvarchar(4000)]], emitter) };
    case 'execute': return compileExecute(statement, catalog, variables);
    default: {
      const definition = definitionOf(statement);
      return definition ? { kind: 'define', verb: statement.node.toUpperCase(), definition } : { kind: 'interpreted' };
    }
  }
}

const nothing: Expression = { node: 'literal', of: 'null', text: '', national: false };

const reading = (sql: string, emitter: Emitter): Reading => ({ prepared: new Prepared(sql), binds: emitter.binds, locks: emitter.locks, reads: emitter.reads });

function values(list: readonly (readonly [Expression, SqlType])[], emitter: Emitter): Reading {
  const texts = list.map(([expression, type]) => {
    const value = emitValue(expression, new Scope(), emitter);
    refuseVariant(value.type, type);
    return coerce(value, type, { cast: true });
  });
  return reading(`SELECT ${texts.join(', ')}`, emitter);
}

/** Each expression sees the variables as they were before the statement, which differs from the server only for DECLARE @a = 1, @b = @a. */
function assigning(list: readonly { readonly variable: string; readonly expression: Expression }[], emitter: Emitter): Compiled {
  const targets = list.map(({ variable }) => emitter.variables.find(variable));
  const { prepared, binds, locks, reads } = values(list.map(({ expression }, i) => [expression, targets[i]?.type ?? types.int] as const), emitter);
  return { kind: 'assign', prepared, binds, locks, reads, slots: targets.map(({ slot }) => slot) };
}

function compileSelect(statement: SelectStatement, emitter: Emitter): Compiled {
  const { body } = statement.query;
  if (body.node === 'select' && body.items.some(({ item }) => item === 'assignment')) return compileAssignment(statement, body, emitter);
  const { sql, columns } = emitQuery(statement.query, undefined, emitter, { keepsRows: true });
  return { kind: 'query', columns, ...reading(sql, emitter) };
}

/** `SELECT @a = x FROM …`: every row assigns, the last one stays; without a row nothing changes. */
function compileAssignment({ query }: SelectStatement, body: Select, emitter: Emitter): Compiled {
  const slots: number[] = [];
  const targets: SqlType[] = [];
  const items = body.items.map((item) => {
    if (item.item !== 'assignment') throw new TsqlError(141, 'A SELECT statement that assigns a value to a variable must not be combined with data-retrieval operations.', { severity: 15, effect: 'batch' });
    const { slot, type } = emitter.variables.find(item.variable);
    slots.push(slot);
    targets.push(type);
    return { item: 'expression', expression: item.expression, alias: undefined } as const;
  });
  const { sql } = emitQuery({ ...query, body: { ...body, items } }, undefined, emitter, { targets, keepsRows: true });
  return { kind: 'assign', slots, ...reading(sql, emitter) };
}

function writing(verb: 'INSERT' | 'UPDATE' | 'DELETE', write: Write, { locks }: Emitter): Compiled {
  const { sql, binds, columns, table, isOneRow = false, twoPhase } = write;
  return { kind: 'write', verb, prepared: new Prepared(sql), touching: new Prepared(columns ? `${sql}, rowid` : `${sql} RETURNING rowid`), binds, locks, columns, table, isOneRow, twoPhase: twoPhase && { ...twoPhase, writing: new Prepared(twoPhase.write) } };
}

function argument(value: Expression, emitter: Emitter): Argument {
  if (value.node === 'literal' && (value.of === 'string' || value.of === 'null')) return { text: value.of === 'null' ? null : value.text };
  if (value.node === 'variable' && !value.name.startsWith('@@')) return { slot: emitter.variables.find(value.name, value.line).slot };
  return { reading: reading(`SELECT ${emitValue(value, new Scope(), emitter).sql}`, emitter) };
}

const procedures = new Set(['sp_getapplock', 'sp_releaseapplock', 'sp_set_session_context']);

/** What a batch begins and ends with, so its arguments find their places once. Whatever is unusual about it goes the common way. */
function settingContext(procedure: string, result: string | undefined, given: readonly { readonly name: string | undefined; readonly value: Argument }[]): Compiled | undefined {
  if (procedure !== 'sp_set_session_context' || result !== undefined) return undefined;
  const names = procedureParameters[procedure] ?? [];
  const values = new Map(given.map(({ name, value }, i) => [name ?? names[i] ?? '', value]));
  if (![...values.keys()].every((name) => names.includes(name))) return undefined;
  return { kind: 'set context', key: values.get('@key'), value: values.get('@value'), readOnly: values.get('@read_only') };
}

function compileExecute({ procedure, result, arguments: list }: Execute, catalog: Catalog, variables: Variables): Compiled {
  if (!procedures.has(procedure)) {
    if (procedure === 'sp_executesql') throw outside('sp_executesql inside a batch');
    throw new TsqlError(2812, `Could not find stored procedure '${procedure}'.`, { state: 62 });
  }
  const given = list.map(({ name, value, output }) => {
    if (output) throw outside(`OUTPUT of ${procedure}`);
    return { name, value: argument(value, new Emitter(catalog, variables)) };
  });
  return settingContext(procedure, result, given) ?? { kind: 'execute', procedure, result: result === undefined ? undefined : variables.find(result).slot, arguments: given };
}

