import type { ObjectName, TableSource } from '../../tsql/node/query.ts';
import { storageName, type Table } from '../catalog.ts';
import { outside, TsqlError, unknownObject } from '../error.ts';
import type { Emitter } from './emitter.ts';
import { emitFrom, type EmittedFrom } from './from.ts';
import type { Scope } from './scope.ts';

/** The stored table an UPDATE or DELETE writes, and the alias it goes by in FROM. */
export interface Target { readonly table: Table; readonly alias: string; readonly inFrom: boolean }

/** The target is an alias of FROM, else a table of FROM by its name, else a table beside FROM. */
export function findTarget(target: ObjectName, from: TableSource | undefined, emitter: Emitter): Target {
  const named = from ? leaves(from) : [];
  const wanted = target.name.toLowerCase();
  const byAlias = target.schema === undefined ? named.filter((leaf) => (leaf.alias ?? leaf.name.name).toLowerCase() === wanted) : [];
  const found = byAlias.length > 0 ? byAlias : named.filter((leaf) => storageName(leaf.name) === storageName(target));
  if (found.length > 1) throw new TsqlError(8154, `The table '${target.name}' is ambiguous.`, { effect: 'batch' });
  const [leaf] = found;
  if (leaf && leaf.name.schema === undefined && emitter.ctes.has(leaf.name.name.toLowerCase())) throw outside('Writing through a common table expression that is joined');
  const table = emitter.catalog.find(leaf?.name ?? target);
  if (!table) throw unknownObject(target.name);
  return { table, alias: (leaf ? (leaf.alias ?? leaf.name.name) : target.name).toLowerCase(), inFrom: leaf !== undefined };
}

/** The sources of a statement that writes: its own table, beside those of FROM unless it is one of them. */
export function emitWithTarget(own: TableSource, target: Target, from: TableSource | undefined, scope: Scope, emitter: Emitter): EmittedFrom {
  const emitted = emitFrom(!from ? own : target.inFrom ? from : { node: 'join', kind: 'cross', left: own, right: from, on: undefined }, scope, emitter);
  for (const { wish, table } of scope.sources) {
    if (!wish || table === undefined) continue;
    if (wish.skips) throw outside('READPAST on a table that is not the one written');
    emitter.locks.push({ table, mode: wish.mode, nowait: wish.nowait, at: undefined });
  }
  return emitted;
}

function leaves(source: TableSource): (TableSource & { node: 'table' })[] {
  if (source.node === 'join') return [...leaves(source.left), ...leaves(source.right)];
  return source.node === 'table' ? [source] : [];
}
