import { isDeepStrictEqual } from 'node:util';
import type { AlterPolicy, CreateFunction, CreatePolicy, DropFunction, DropPolicy, PolicyChange, PredicateDefinition } from '../../tsql/node/security.ts';
import type { ObjectName } from '../../tsql/node/query.ts';
import { displayName, literal, quote, storageName, type Catalog, type Policy, type PolicyPredicate } from '../catalog.ts';
import { TsqlError, unknownObject } from '../error.ts';
import type { Definition } from './definition.ts';
import { emitStoredPredicate } from './predicate.ts';

const already = (name: string) => new TsqlError(2714, `There is already an object named '${name}' in the database.`, { state: 6, effect: 'batch' });
const missing = (what: string, name: string) => new TsqlError(3701, `Cannot drop the ${what} '${name}', because it does not exist or you do not have permission.`, { severity: 11, state: 5 });
const inUse = (verb: string, name: string, by: string) => new TsqlError(3729, `Cannot ${verb} '${name}' because it is being referenced by object '${by}'.`);

export function createFunction({ name, parameters, where }: CreateFunction, catalog: Catalog): Definition {
  if (catalog.hasObject(name)) throw already(name.name);
  return { sql: [], catalog: catalog.withFunctions([...catalog.functions, { id: catalog.nextId, schema: name.schema ?? 'dbo', name: name.name, storage: storageName(name), parameters, where }]) };
}

export function dropFunction({ names, ifExists }: DropFunction, catalog: Catalog): Definition {
  let next = catalog;
  for (const name of names) {
    const storage = storageName(name);
    if (!next.functions.some((each) => each.storage === storage)) {
      if (ifExists) continue;
      throw missing('function', name.name);
    }
    const user = next.policies.find(({ predicates }) => predicates.some((predicate) => predicate.function === storage));
    if (user) throw inUse('DROP FUNCTION', name.name, user.name);
    next = next.withFunctions(next.functions.filter((each) => each.storage !== storage));
  }
  return { sql: [], catalog: next };
}

export function createPolicy({ name, predicates, isOn }: CreatePolicy, catalog: Catalog): Definition {
  if (catalog.hasObject(name)) throw already(name.name);
  const empty: Policy = { id: catalog.nextId, schema: name.schema ?? 'dbo', name: name.name, storage: storageName(name), isOn, predicates: [] };
  return replaced(undefined, predicates.reduce((policy, predicate) => changed(policy, { change: 'add', predicate }, catalog), empty), catalog);
}

export function alterPolicy({ name, changes, isOn }: AlterPolicy, catalog: Catalog): Definition {
  const before = found(name, catalog);
  if (!before) throw new TsqlError(33_268, `Cannot find the object "${name.name}" because it does not exist or you do not have permissions.`, { effect: 'batch' });
  return replaced(before, changes.reduce((policy, change) => changed(policy, change, catalog), { ...before, isOn: isOn ?? before.isOn }), catalog);
}

export function dropPolicy({ name, ifExists }: DropPolicy, catalog: Catalog): Definition {
  const policy = found(name, catalog);
  if (policy) return replaced(policy, undefined, catalog);
  if (ifExists) return { sql: [], catalog };
  throw missing('security policy', name.name);
}

/** A table cannot go while a policy speaks of it. */
export function refuseIfProtected(verb: string, table: string, catalog: Catalog): void {
  const policy = catalog.policies.find(({ predicates }) => predicates.some((predicate) => predicate.table === table));
  if (policy) throw inUse(verb, table, policy.name);
}

const found = (name: ObjectName, catalog: Catalog) => catalog.policies.find(({ storage }) => storage === storageName(name));

function changed(policy: Policy, change: PolicyChange, catalog: Catalog): Policy {
  if (change.change === 'drop') {
    const gone = ({ kind, table, moment }: PolicyPredicate) => kind === change.kind && table === storageName(change.table) && (moment === undefined || change.moments.includes(moment));
    if (!policy.predicates.some(gone)) throw new TsqlError(33_263, `The security policy '${policy.name}' has no such predicate on '${change.table.name}'.`, { effect: 'batch' });
    return { ...policy, predicates: policy.predicates.filter((predicate) => !gone(predicate)) };
  }
  const added = predicatesOf(change.predicate, catalog);
  const same = (a: PolicyPredicate, b: PolicyPredicate) => a.kind === b.kind && a.table === b.table && a.moment === b.moment;
  const isThere = added.some((predicate) => policy.predicates.some((other) => same(predicate, other)));
  if (change.change === 'add' && isThere) throw new TsqlError(33_262, `A ${change.predicate.kind.toUpperCase()} predicate for the same operation has already been defined on table '${change.predicate.table.name}' in the security policy '${policy.name}'.`, { effect: 'batch' });
  return { ...policy, predicates: [...policy.predicates.filter((other) => !added.some((predicate) => same(predicate, other))), ...added] };
}

function predicatesOf({ kind, moments, function: name, arguments: given, table }: PredicateDefinition, catalog: Catalog): readonly PolicyPredicate[] {
  const target = catalog.find(table);
  if (!target) throw unknownObject(table.name);
  const definition = catalog.functions.find(({ storage }) => storage === storageName(name));
  if (!definition) throw unknownObject(name.name);
  if (definition.parameters.length !== given.length) throw new TsqlError(given.length > definition.parameters.length ? 8144 : 313, `Procedure or function ${name.name} was called with ${given.length} arguments instead of ${definition.parameters.length}.`, { effect: 'batch' });
  const common = { kind, function: definition.storage, arguments: given, table: target.storage };
  const all = kind === 'filter' ? [{ ...common, moment: undefined }] : moments.map((moment) => ({ ...common, moment }));
  // Binds names and types now, not when a row is first looked at.
  for (const predicate of all) emitStoredPredicate(predicate, target, 'NEW.', catalog);
  return all;
}

/** The triggers of the old policy go, those of the new one come. */
function replaced(before: Policy | undefined, after: Policy | undefined, catalog: Catalog): Definition {
  const others = catalog.policies.filter(({ storage }) => storage !== (before ?? after)?.storage);
  if (after?.isOn) {
    const taken = others.find(({ isOn, predicates }) => isOn && predicates.some((other) => after.predicates.some((own) => own.table === other.table)));
    if (taken) throw new TsqlError(33_264, `The security policy '${after.name}' cannot be enabled with a predicate on a table that is already referenced by the enabled security policy '${taken.name}'.`, { effect: 'batch' });
  }
  return {
    sql: [...(before?.isOn ? before.predicates.flatMap(dropTrigger) : []), ...(after?.isOn ? after.predicates.flatMap((predicate) => trigger(predicate, after, catalog)) : [])],
    catalog: catalog.withPolicies(after ? [...others, after] : others),
  };
}

const triggerName = ({ table, moment }: PolicyPredicate) => quote(`$block:${table}:${moment ?? ''}`);
const dropTrigger = (predicate: PolicyPredicate) => (predicate.kind === 'block' ? [`DROP TRIGGER ${triggerName(predicate)}`] : []);

/** A row the predicate does not hold for, NULL included, undoes the statement: 33504. */
function trigger(predicate: PolicyPredicate, policy: Policy, catalog: Catalog): readonly string[] {
  const { kind, moment, table: storage } = predicate;
  const table = catalog.get(storage);
  if (kind !== 'block' || moment === undefined || !table) return [];
  const condition = emitStoredPredicate(predicate, table, moment.startsWith('AFTER') ? 'NEW.' : 'OLD.', catalog);
  const of = moment === 'AFTER UPDATE' ? whatCouldBreak(predicate, policy) : '';
  return [`CREATE TRIGGER ${triggerName(predicate)} ${moment}${of} ON ${quote(storage)} WHEN (${condition}) IS NOT TRUE BEGIN SELECT RAISE(ABORT, ${literal(`$block:${displayName(table)}`)}); END`];
}

/**
 * A filter of the same function over the same columns has let the row through already, in the same statement and so for the same session. Only a change of
 * those columns can make the row one that the block predicate refuses.
 */
function whatCouldBreak({ table, function: name, arguments: given }: PolicyPredicate, { predicates }: Policy): string {
  const isFiltered = predicates.some((other) => other.kind === 'filter' && other.table === table && other.function === name && isDeepStrictEqual(other.arguments, given));
  const columns = given.flatMap((argument) => (argument.node === 'column' ? [quote(argument.name.toLowerCase())] : []));
  return isFiltered && columns.length > 0 && columns.length === given.length ? ` OF ${columns.join(', ')}` : '';
}
