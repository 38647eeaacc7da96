import type { Catalog } from '../catalog.ts';
import type { Definition } from '../emit/definition.ts';
import type { Session } from '../session.ts';
import { translate } from '../sqlite-error.ts';
import type { Waiting } from '../waiting.ts';

/** Changes tables and catalog: within the open transaction, or as a transaction of its own. `verb` as in CREATE TABLE. */
export function* define(verb: string, definition: (catalog: Catalog) => Definition, session: Session): Waiting<void> {
  const { database } = session;
  yield* session.write(() => {
    const { sql, catalog } = definition(session.catalog);
    if (catalog === session.catalog) return;
    try {
      database.allOrNothing(() => {
        for (const text of sql) database.writer.exec(text);
        session.define(catalog);
      });
    } catch (error) {
      throw translate(error, session.catalog, undefined, verb);
    }
  });
}
