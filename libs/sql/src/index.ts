export { azureCredential } from './azure-credential.ts';
export type { Lane } from './budgets.ts';
export { classify, thrown, type Classified, type Kind } from './classify.ts';
export * from './columns.ts';
export { Database, type DatabaseOptions, type Reader } from './database.ts';
export * from './errors.ts';
export { migrate } from './migrate.ts';
export { join, maxParameters, nothing, sql, Sql, type Separator } from './sql.ts';
export * from './types.ts';
