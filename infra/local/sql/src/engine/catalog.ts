import type { Expression } from '../tsql/node/expression.ts';
import type { ObjectName } from '../tsql/node/query.ts';
import type { SqlType } from '../value/sql-type.ts';

export interface Column {
  /** As declared; comparisons of names ignore case. */
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly identity: { readonly seed: number; readonly increment: number } | undefined;
  readonly default: { readonly name: string; readonly expression: Expression } | undefined;
}

export interface Constraint {
  readonly kind: 'primary key' | 'unique' | 'index' | 'check' | 'foreign key';
  readonly name: string;
  /** Lower-case names, in key order. Empty for a check. */
  readonly columns: readonly string[];
  /** The table a foreign key refers to. */
  readonly references?: string | undefined;
  readonly unique: boolean;
  /** Whether the constraint is enforced by a SQLite index of that name, which can be dropped again. */
  readonly definition?: string | undefined;
}

export interface Table {
  readonly id: number;
  readonly schema: string;
  readonly name: string;
  /** What the table is called in SQLite: lower case, with the schema in front unless it is dbo. */
  readonly storage: string;
  readonly columns: readonly Column[];
  readonly constraints: readonly Constraint[];
}

export interface CatalogState {
  readonly schemas: readonly string[];
  readonly tables: readonly Table[];
}

let versions = 0;

/** The objects of one database at one moment. Never changed: a definition makes the next one, which others see when its transaction commits. */
export class Catalog {
  /** Different for every catalog that ever was in this process, so a plan can name the one it was made for. */
  readonly version = ++versions;
  readonly schemas: ReadonlySet<string>;
  readonly #tables = new Map<string, Table>();

  constructor(readonly state: CatalogState) {
    this.schemas = new Set(state.schemas.map((name) => name.toLowerCase()));
    for (const table of state.tables) this.#tables.set(table.storage, table);
  }

  get tables(): readonly Table[] {
    return this.state.tables;
  }

  find(name: Pick<ObjectName, 'schema' | 'name'>): Table | undefined {
    return this.#tables.get(storageName(name));
  }

  get(storage: string): Table | undefined {
    return this.#tables.get(storage);
  }

  with(table: Table): Catalog {
    return new Catalog({ ...this.state, tables: [...this.state.tables.filter(({ storage }) => storage !== table.storage), table] });
  }

  without(table: Table): Catalog {
    return new Catalog({ ...this.state, tables: this.state.tables.filter(({ storage }) => storage !== table.storage) });
  }

  withSchema(name: string): Catalog {
    return new Catalog({ ...this.state, schemas: [...this.state.schemas, name] });
  }
}

export const storageName = ({ schema, name }: Pick<ObjectName, 'schema' | 'name'>) =>
  (schema === undefined || schema.toLowerCase() === 'dbo' ? name : `${schema}.${name}`).toLowerCase();

export const displayName = ({ schema, name }: Pick<Table, 'schema' | 'name'>) => `${schema}.${name}`;

/** A SQLite identifier. */
export const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** A SQLite string literal. */
export const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
