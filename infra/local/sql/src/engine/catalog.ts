import type { Expression } from '../tsql/node/expression.ts';
import type { ObjectName } from '../tsql/node/query.ts';
import type { BlockMoment } from '../tsql/node/security.ts';
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

/** An inline function a security policy asks: a condition over its parameters. */
export interface PredicateFunction {
  readonly id: number;
  readonly schema: string;
  readonly name: string;
  readonly storage: string;
  readonly parameters: readonly { readonly name: string; readonly type: SqlType }[];
  readonly where: Expression;
}

export interface PolicyPredicate {
  readonly kind: 'filter' | 'block';
  /** Only a block has one. */
  readonly moment: BlockMoment | undefined;
  /** Storage names. */
  readonly function: string;
  readonly table: string;
  readonly arguments: readonly Expression[];
}

export interface Policy {
  readonly id: number;
  readonly schema: string;
  readonly name: string;
  readonly storage: string;
  readonly isOn: boolean;
  readonly predicates: readonly PolicyPredicate[];
}

export interface CatalogState {
  readonly schemas: readonly string[];
  readonly tables: readonly Table[];
  /** Absent in files of before there were any. */
  readonly functions?: readonly PredicateFunction[] | undefined;
  readonly policies?: readonly Policy[] | undefined;
}

let versions = 0;

/** The objects of one database at one moment. Never changed: a definition makes the next one, which others see when its transaction commits. */
export class Catalog {
  /** Different for every catalog that ever was in this process, so a plan can name the one it was made for. */
  readonly version = ++versions;
  readonly schemas: ReadonlySet<string>;
  readonly #tables = new Map<string, Table>();
  readonly #filters = new Map<string, readonly PolicyPredicate[]>();

  constructor(readonly state: CatalogState) {
    this.schemas = new Set(state.schemas.map((name) => name.toLowerCase()));
    for (const table of state.tables) this.#tables.set(table.storage, table);
    for (const predicate of this.policies.flatMap(({ isOn, predicates }) => (isOn ? predicates : []))) {
      if (predicate.kind === 'filter') this.#filters.set(predicate.table, [...this.filters(predicate.table), predicate]);
    }
  }

  get tables(): readonly Table[] {
    return this.state.tables;
  }

  get functions(): readonly PredicateFunction[] {
    return this.state.functions ?? [];
  }

  get policies(): readonly Policy[] {
    return this.state.policies ?? [];
  }

  /** What hides rows of a table: the filter predicates of the policy that is on. */
  filters(storage: string): readonly PolicyPredicate[] {
    return this.#filters.get(storage) ?? [];
  }

  /** Tables, functions and policies share one space of names. */
  hasObject(name: Pick<ObjectName, 'schema' | 'name'>): boolean {
    const wanted = storageName(name);
    return [...this.tables, ...this.functions, ...this.policies].some(({ storage }) => storage === wanted);
  }

  get nextId(): number {
    return Math.max(1_000_000, ...[...this.tables, ...this.functions, ...this.policies].map(({ id }) => id)) + 1;
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

  withFunctions(functions: readonly PredicateFunction[]): Catalog {
    return new Catalog({ ...this.state, functions });
  }

  withPolicies(policies: readonly Policy[]): Catalog {
    return new Catalog({ ...this.state, policies });
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
