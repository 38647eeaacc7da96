import { TsqlError, outside } from '../../engine/error.ts';
import { MAX, type as types, type SqlType } from '../../value/sql-type.ts';
import type { Cursor } from './cursor.ts';

/** `VARCHAR(40)`, `DECIMAL(18, 4)`, … https://learn.microsoft.com/sql/t-sql/data-types/ */
export function parseType(cursor: Cursor, unknown = (name: string, line: number) => new TsqlError(2715, `Cannot find data type ${name}.`, { state: 6, effect: 'batch', line })): SqlType {
  if (cursor.takeSymbol('[')) throw cursor.unexpected();
  const line = cursor.line;
  const token = cursor.next();
  if (token.kind !== 'word' && token.kind !== 'name') throw new TsqlError(102, `Incorrect syntax near '${token.text}'.`, { severity: 15, effect: 'batch', line });
  const name = token.text.toLowerCase();
  const parameters: number[] = [];
  if (cursor.takeSymbol('(')) {
    do parameters.push(cursor.take('MAX') ? MAX : cursor.integer()); while (cursor.takeSymbol(','));
    cursor.expectSymbol(')');
  }
  const [first, second] = parameters;
  switch (name) {
    case 'bit': return types.bit;
    case 'tinyint': return types.tinyint;
    case 'smallint': return types.smallint;
    case 'int': case 'integer': return types.int;
    case 'bigint': return types.bigint;
    case 'real': return types.real;
    case 'float': return first !== undefined && first <= 24 ? types.real : types.float;
    case 'decimal': case 'numeric': case 'dec':
      if ((first ?? 18) > 18) throw outside(`${name}(${first}) (18 digits are the most)`, line);
      return types.decimal(first ?? 18, second ?? 0);
    case 'uniqueidentifier': return types.uniqueidentifier;
    case 'date': return types.date;
    case 'datetime': return types.datetime;
    case 'datetime2': return types.datetime2(first ?? 7);
    case 'datetimeoffset': return types.datetimeoffset(first ?? 7);
    case 'char': return types.char(first ?? 1);
    case 'varchar': return types.varchar(first ?? 1);
    case 'nchar': return types.nchar(first ?? 1);
    case 'nvarchar': return types.nvarchar(first ?? 1);
    case 'sysname': return types.sysname;
    case 'binary': return types.binary(first ?? 1);
    case 'varbinary': return types.varbinary(first ?? 1);
    case 'rowversion': case 'timestamp': return types.rowversion;
    case 'money': case 'smallmoney': case 'text': case 'ntext': case 'image': case 'xml': case 'sql_variant': case 'time': case 'smalldatetime': case 'geography': case 'geometry': case 'hierarchyid': case 'json': case 'table':
      throw outside(`The type ${name}`, line);
    default:
      throw unknown(token.text, line);
  }
}
