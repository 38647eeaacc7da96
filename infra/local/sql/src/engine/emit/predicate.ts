import type { Catalog, PolicyPredicate, Table } from '../catalog.ts';
import { outside, unknownObject } from '../error.ts';
import { coerce } from './coerce.ts';
import { Emitter, Variables } from './emitter.ts';
import { emitCondition, emitValue } from './expression.ts';
import { tableSource } from './from.ts';
import { Scope } from './scope.ts';

/** A predicate of a security policy over one row, which is named by `prefix`. */
export function emitPredicate({ function: name, arguments: given }: PolicyPredicate, table: Table, prefix: string, emitter: Emitter): string {
  const definition = emitter.catalog.functions.find(({ storage }) => storage === name);
  if (!definition) throw unknownObject(name);
  const row = new Scope();
  row.sources.push(tableSource(table, table.name.toLowerCase(), prefix));
  const outer = emitter.parameters;
  emitter.parameters = new Map(definition.parameters.map(({ name: parameter, type }, i) => {
    const argument = given[i];
    if (!argument) throw outside(`Too few arguments for ${name}`);
    return [parameter, { sql: coerce(emitValue(argument, row, emitter), type, { cast: true }), type }];
  }));
  const condition = emitCondition(definition.where, new Scope(), emitter);
  emitter.parameters = outer;
  return condition;
}

/** The predicate as it stands in a trigger, where nothing can be bound: the session is asked by a function. */
export function emitStoredPredicate(predicate: PolicyPredicate, table: Table, prefix: 'NEW.' | 'OLD.', catalog: Catalog): string {
  const emitter = new Emitter(catalog, new Variables());
  emitter.isStored = true;
  const condition = emitPredicate(predicate, table, prefix, emitter);
  if (emitter.binds.length > 0) throw outside('A predicate that depends on more than the row and SESSION_CONTEXT');
  return condition;
}
