import type { Statement } from '../../tsql/node/statement.ts';
import type { Catalog } from '../catalog.ts';
import { TsqlError } from '../error.ts';
import { alterTable, createIndex, createTable, dropIndex, dropTable, type Definition } from './definition.ts';
import { alterPolicy, createFunction, createPolicy, dropFunction, dropPolicy } from './security.ts';

/** How a statement changes the catalog; undefined when it defines nothing. */
export function definitionOf(statement: Statement): ((catalog: Catalog) => Definition) | undefined {
  switch (statement.node) {
    case 'create table': return (catalog) => createTable(statement, catalog);
    case 'alter table': return (catalog) => alterTable(statement, catalog);
    case 'drop table': return (catalog) => dropTable(statement, catalog);
    case 'create index': return (catalog) => createIndex(statement, catalog);
    case 'drop index': return (catalog) => dropIndex(statement, catalog);
    case 'create function': return (catalog) => createFunction(statement, catalog);
    case 'drop function': return (catalog) => dropFunction(statement, catalog);
    case 'create security policy': return (catalog) => createPolicy(statement, catalog);
    case 'alter security policy': return (catalog) => alterPolicy(statement, catalog);
    case 'drop security policy': return (catalog) => dropPolicy(statement, catalog);
    case 'create schema': return (catalog) => createSchema(statement.name, catalog);
    default: return undefined;
  }
}

function createSchema(name: string, catalog: Catalog): Definition {
  if (catalog.schemas.has(name.toLowerCase())) throw new TsqlError(2714, `There is already an object named '${name}' in the database.`, { state: 6, effect: 'batch' });
  return { sql: [], catalog: catalog.withSchema(name) };
}
