import sql from 'mssql';
import type { CaseParameter, Outcome, Step } from './case-file.ts';

/** One connection, and what it answers as the lines a case file has. */
export class Session {
  readonly #pool: sql.ConnectionPool;
  #running: Promise<readonly Happening[]> | undefined;

  constructor(pool: sql.ConnectionPool) {
    this.#pool = pool;
  }

  /** Runs a step, and says what happened next to what should have. */
  async run(step: Step): Promise<{ readonly actual: readonly string[]; readonly expected: readonly string[] }> {
    const expected = step.outcome.flatMap((outcome) => lines(outcome));
    if (step.how === 'waits') {
      this.#running = this.#send(step);
      const isBlocked = await Promise.race([this.#running.then(() => false), new Promise<boolean>((resolve) => { setTimeout(resolve, 60, true); })]);
      return { actual: [isBlocked ? 'waits' : 'did not wait'], expected: ['waits'] };
    }
    const happened = step.how === 'goes on' ? await this.#running ?? [] : await this.#send(step);
    return { actual: relevant(happened, step.outcome), expected };
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  #send({ text, isCall, parameters }: Step): Promise<readonly Happening[]> {
    const request = this.#pool.request();
    for (const parameter of parameters) {
      const type = typeOf(parameter.type);
      if (parameter.value === undefined) request.output(parameter.name, type);
      else request.input(parameter.name, type, valueOf(parameter));
    }
    // Streamed, because only then does the driver tell rows and errors in the order in which they came.
    request.stream = true;
    const happened: Happening[] = [];
    request.on('recordset', (columns: sql.IColumnMetadata) => { happened.push({ kind: 'rows', columns: Object.values(columns), rows: [] }); });
    request.on('row', (row: Record<string, unknown>) => {
      const last = happened.at(-1);
      if (last?.kind === 'rows') last.rows.push(row);
    });
    request.on('error', (error: DriverError) => { happened.push({ kind: 'error', error }); });
    request.on('info', ({ number, message }: { number: number; message: string }) => { if (number === 0) happened.push({ kind: 'prints', text: message }); });
    return new Promise((resolve) => {
      request.on('done', ({ output, rowsAffected }: { output: Record<string, unknown>; rowsAffected: readonly number[] }) => { resolve([...happened, { kind: 'done', output, rowsAffected }]); });
      void (isCall ? request.query(text) : request.batch(text));
    });
  }
}

/** `state` of mssql's own error is missing when it is 0; tedious' original has it. */
type DriverError = Error & { readonly number?: number; readonly class?: number; readonly code?: string; readonly originalError?: { readonly info?: { readonly state?: number } } };

type Happening =
  | { readonly kind: 'rows'; readonly columns: readonly (sql.IColumnMetadata[string])[]; readonly rows: Record<string, unknown>[] }
  | { readonly kind: 'error'; readonly error: DriverError }
  | { readonly kind: 'prints'; readonly text: string }
  | { readonly kind: 'done'; readonly output: Record<string, unknown>; readonly rowsAffected: readonly number[] };

const lines = (outcome: Outcome): string[] => {
  switch (outcome.kind) {
    case 'rows': return [`= ${outcome.columns.map(([name, type]) => `${name} ${type}`).join(' | ')}`, ...outcome.rows];
    case 'error': return [`= error ${outcome.number} ${outcome.severity}.${outcome.state}${outcome.text === undefined ? '' : ` ${outcome.text}`}`];
    case 'counts': return [`= counts ${outcome.counts}`.trim()];
    case 'prints': return [`= prints ${outcome.text}`];
    case 'output': return [`= @${outcome.name} = ${outcome.value}`];
    default: return outcome satisfies never;
  }
};

/** Rows, errors and output always count; texts, counts and prints only where the case asks for them. */
function relevant(happened: readonly Happening[], expected: readonly Outcome[]): string[] {
  const shown: string[] = [];
  const errors = expected.filter((outcome) => outcome.kind === 'error');
  const sets = expected.filter((outcome) => outcome.kind === 'rows');
  const asks = (kind: Outcome['kind']) => expected.some((outcome) => outcome.kind === kind);
  for (const [index, each] of happened.entries()) {
    switch (each.kind) {
      case 'rows': {
        // A server sends the header of a result before it meets the error that ends it.
        if (each.rows.length === 0 && happened[index + 1]?.kind === 'error') break;
        const wanted = sets.shift()?.columns ?? [];
        shown.push(`= ${each.columns.map((column, i) => `${column.name} ${typeName(column, wanted[i]?.[1])}`).join(' | ')}`);
        for (const row of each.rows) shown.push(each.columns.map((column) => cell(row[column.name], typeName(column))).join(' | '));
        break;
      }
      case 'error': {
        const { number, class: severity, message, code, originalError } = each.error;
        const state = originalError?.info?.state;
        const wanted = errors.shift();
        if (number === undefined) shown.push(`= the driver failed: ${code ?? ''} ${message}`);
        else shown.push(`= error ${number} ${severity ?? ''}.${wanted?.state === '?' ? '?' : state ?? ''}${wanted?.text === undefined ? '' : ` ${message}`}`);
        break;
      }
      case 'prints': if (asks('prints')) shown.push(`= prints ${each.text}`); break;
      case 'done':
        for (const [name, value] of Object.entries(each.output)) shown.push(`= @${name} = ${cell(value, typeof value === 'string' ? 'varchar' : '')}`);
        if (asks('counts')) shown.push(`= counts ${each.rowsAffected.join(' ')}`.trim());
        break;
      default: each satisfies never;
    }
  }
  return shown;
}

const isText = (type: string) => /char|text|xml/.test(type);

function cell(value: unknown, type: string): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (Buffer.isBuffer(value)) return `0x${value.toString('hex').toUpperCase()}`;
  if (value instanceof Date) {
    const text = value.toISOString().replace('Z', '');
    return type === 'date' ? text.slice(0, 10) : text;
  }
  if (typeof value === 'string' && isText(type)) return `'${value}'`;
  return String(value as string | number);
}

/** As T-SQL writes it. A length, scale or precision is told when the case names one. */
function typeName(column: sql.IColumnMetadata[string], wanted = ''): string {
  const { type, length, precision, scale } = column as { type: unknown; length?: number; precision?: number; scale?: number };
  const { declaration } = type as { declaration: string };
  const name = declaration === 'numeric' ? 'decimal' : declaration;
  if (!wanted.includes('(')) return name;
  if (name === 'decimal') return `decimal(${precision},${scale})`;
  if (scale !== undefined && /time/.test(name)) return `${name}(${scale})`;
  return `${name}(${length === 65_535 ? 'max' : name.startsWith('n') ? (length ?? 0) / 2 : length})`;
}

type DriverType = sql.ISqlType;

/** `nvarchar(10)`, `varchar(max)`, `int`, … as the driver names them. */
function typeOf(text: string): DriverType {
  const [, name = '', first] = /^(\w+)(?:\((\w+)\))?$/.exec(text) ?? [];
  const length = first === 'max' ? sql.MAX : first === undefined ? undefined : Number(first);
  switch (name) {
    case 'bit': return sql.Bit();
    case 'tinyint': return sql.TinyInt();
    case 'smallint': return sql.SmallInt();
    case 'int': return sql.Int();
    case 'bigint': return sql.BigInt();
    case 'real': return sql.Real();
    case 'float': return sql.Float();
    case 'decimal': return sql.Decimal(18, length ?? 0);
    case 'char': return sql.Char(length);
    case 'nchar': return sql.NChar(length);
    case 'varchar': return sql.VarChar(length);
    case 'nvarchar': return sql.NVarChar(length);
    case 'varbinary': return sql.VarBinary(length);
    case 'uniqueidentifier': return sql.UniqueIdentifier();
    case 'date': return sql.Date();
    case 'datetime': return sql.DateTime();
    case 'datetime2': return sql.DateTime2(length);
    case 'datetimeoffset': return sql.DateTimeOffset(length);
    default: throw new Error(`The runner does not know how to send a ${text}.`);
  }
}

function valueOf({ type, value = 'NULL' }: CaseParameter): unknown {
  if (value === 'NULL') return null;
  if (/char/.test(type)) return JSON.parse(value.startsWith('"') ? value : JSON.stringify(value.replace(/^'(.*)'$/, '$1')));
  if (/binary/.test(type)) return Buffer.from(value.slice(2), 'hex');
  if (/date/.test(type)) return new Date(`${value}${type === 'date' ? 'T00:00:00' : ''}Z`);
  if (type === 'bit') return value === '1';
  if (type === 'bigint' || type === 'uniqueidentifier') return value;
  return Number(value);
}
