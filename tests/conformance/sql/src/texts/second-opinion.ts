import { init, parse } from '@guanmingchiu/sqlparser-ts';

/**
 * A grammar that nobody here wrote (datafusion's sqlparser, in its T-SQL dialect): what the stand-in accepts by mistake, it has a chance to refuse.
 * It is not complete, so what it wrongly refuses is listed below; and it takes words of other dialects, which the stand-in refuses.
 */
export async function secondOpinion(): Promise<(text: string) => string | undefined> {
  await init();
  return (text) => {
    try {
      parse(text, 'mssql');
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
}

/** Valid T-SQL that this grammar does not know. Each line must still be needed. */
export const unknownToIt: readonly { readonly what: string; readonly pattern: RegExp; readonly instead: string }[] = [
  // https://learn.microsoft.com/sql/t-sql/statements/delete-transact-sql: DELETE [ TOP ( expression ) ] [ FROM ] table
  { what: 'DELETE TOP (n)', pattern: /\bDELETE\s+TOP\s*\([^)]*\)/gi, instead: 'DELETE' },
  // https://learn.microsoft.com/sql/t-sql/language-elements/execute-transact-sql: EXEC [ @return_status = ] procedure
  { what: 'EXEC @rc = procedure', pattern: /\bEXEC\s+@\w+\s*=\s*/gi, instead: 'EXEC ' },
  // https://learn.microsoft.com/sql/t-sql/statements/create-security-policy-transact-sql
  { what: 'CREATE / ALTER SECURITY POLICY', pattern: /\b(CREATE|ALTER)\s+SECURITY\s+POLICY\b[^;]*/gi, instead: '' },
  // https://learn.microsoft.com/sql/t-sql/statements/create-function-transact-sql: an inline table-valued function is its SELECT
  { what: 'CREATE FUNCTION … RETURNS TABLE', pattern: /\bCREATE\s+FUNCTION\b[\s\S]*?\bRETURN\s+(?=SELECT\b)/gi, instead: '' },
];

/** The text with what the grammar does not know taken out, so that it still reads the rest. */
export const withoutUnknown = (text: string): string => unknownToIt.reduce((rest, { pattern, instead }) => rest.replace(pattern, instead), text);
