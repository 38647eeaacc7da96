import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSqlServer, type SqlServer } from '@checkout/local-sql';
import sql from 'mssql';
import { broken } from './broken.ts';
import { productFiles, Texts, type ProductText } from './collect.ts';
import { secondOpinion, unknownToIt, withoutUnknown } from './second-opinion.ts';

const root = join(import.meta.dirname, '../../../../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const texts = new Texts(read);
const files = productFiles(root);
for (const file of files) texts.add(file);
const statements = texts.found.flatMap((found) => found.texts);

const foldersOf = (group: string) => readdirSync(join(root, group)).flatMap((name) => [`${group}/${name}/migrations`, `${group}/${name}/src/store/migrations`]).filter((folder) => existsSync(join(root, folder)));
/** As `migrate` does it: what every database has comes first. */
const libraries = foldersOf('libs').toSorted((a, b) => Number(b.startsWith('libs/sql/')) - Number(a.startsWith('libs/sql/')));
const services = readdirSync(join(root, 'services')).filter((name) => foldersOf('services').some((folder) => folder.startsWith(`services/${name}/`)));
const batchesOf = (folder: string) => readdirSync(join(root, folder)).filter((name) => name.endsWith('.sql')).toSorted().flatMap((name) => read(`${folder}/${name}`).split(/^[ \t]*GO[ \t]*$/im).filter((batch) => batch.trim() !== '').map((text) => ({ where: `${folder}/${name}`, text })));
const migrations = [...libraries, ...foldersOf('services')].flatMap(batchesOf);

/** The tables a text is written for: those of its service, or those of the libraries. */
const databaseOf = ({ file }: ProductText) => services.find((name) => file.startsWith(`services/${name}/`)) ?? 'libs';

let server: SqlServer;
let directory: string;
let refuses: (text: string) => string | undefined;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sql-texts-'));
  server = await startSqlServer({ directory, databases: ['libs', 'broken', ...services] });
  refuses = await secondOpinion();
  const run = async (database: string, batches: readonly string[]) => {
    const pool = await new sql.ConnectionPool(server.connectionString(database)).connect();
    for (const batch of batches) await pool.request().batch(batch);
    await pool.close();
  };
  const own = statements.filter(({ file, text }) => file === 'libs/sql/src/migrate.ts' && text.includes('CREATE TABLE')).map(({ text }) => text);
  await run('broken', ['CREATE TABLE t (a INT NULL, b INT NULL)']);
  await run('libs', [...own, ...libraries.flatMap(batchesOf).map(({ text }) => text)]);
  for (const name of services) {
    await run(name, [...own, ...[...libraries, ...foldersOf('services').filter((folder) => folder.startsWith(`services/${name}/`))].flatMap(batchesOf).map(({ text }) => text)]);
  }
});
afterAll(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

describe('the SQL of the product', () => {
  it('is all found: every template is a text, or a part of one', () => {
    const templates = files.reduce((count, file) => count + [...read(file).replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '').matchAll(/(?<![\w$.])sql`/g)].length, 0);
    const batches = files.reduce((count, file) => count + [...read(file).matchAll(/\.batch\(\s*['`]/g)].length, 0);

    expect(texts.problems).toEqual([]);
    expect(texts.found.length).toBeGreaterThanOrEqual(templates + batches);
    expect(templates).toBeGreaterThan(50);
  });

  it('compiles over the tables that the migrations make', () => {
    expect(statements.flatMap((each) => {
      const refusal = server.compile(databaseOf(each), each.text, each.declaration);
      return refusal ? [`${each.where}: ${refusal.number} ${refusal.message}`] : [];
    })).toEqual([]);
  });

  it('is T-SQL to a second grammar too, and so are the migrations', () => {
    expect([...statements, ...migrations].flatMap(({ where, text }) => {
      const refusal = refuses(withoutUnknown(text));
      return refusal === undefined ? [] : [`${where}: ${refusal}`];
    })).toEqual([]);
  });

  it.each(unknownToIt)('needs the exception for $what still', ({ pattern }) => {
    const needing = [...statements, ...migrations].filter(({ text }) => text.search(pattern) >= 0);

    expect(needing.length).toBeGreaterThan(0);
    for (const { text } of needing) expect(refuses(text)).toBeDefined();
  });
});

describe('a text that is wrong', () => {
  it.each(broken)('is found: %s', (text) => {
    expect(server.compile('broken', text)).toBeDefined();
  });

  it('is found by the second grammar alone, in more than half of the cases', () => {
    expect(broken.filter((text) => refuses(text) !== undefined).length).toBeGreaterThan(broken.length / 2);
  });

  const planted = (source: string) => {
    const collected = new Texts(() => source);
    collected.add('services/cart/src/store/planted.ts');
    return collected;
  };

  it('is found in a template of the source', () => {
    const [each] = planted('const find = (id) => sql`SELECT nothing FROM basket WHERE tenant_id = ${varchar(40, id)};`;').found.flatMap((found) => found.texts);

    expect(each).toMatchObject({ text: 'SELECT nothing FROM basket WHERE tenant_id = @p0;', declaration: '@p0 varchar(40)' });
    expect(server.compile('cart', each?.text ?? '', each?.declaration)).toMatchObject({ number: 207 });
  });

  it('is found in a part, wherever that is used', () => {
    const { found } = planted('const columns = sql`b.tenant_id, b.nothing`; const find = () => sql`SELECT ${columns} FROM basket AS b;`;');

    expect(found.map(({ isPart }) => isPart)).toEqual([true, false]);
    expect(server.compile('cart', found[1]?.texts[0]?.text ?? '')).toMatchObject({ number: 207 });
  });

  it('cannot hide in each of several ways a text can turn out', () => {
    const { found } = planted('const order = (isNew) => isNew ? sql`created_at` : sql`nothing`; const find = (isNew) => sql`SELECT basket_id FROM basket ORDER BY ${order(isNew)};`;');

    expect(found.flatMap((each) => each.texts).map(({ text }) => text)).toEqual(['SELECT basket_id FROM basket ORDER BY created_at;', 'SELECT basket_id FROM basket ORDER BY nothing;']);
  });

  it('cannot hide in a part that nothing holds, nor in a plain literal', () => {
    expect(planted('const columns = sql`b.tenant_id, b.nothing`;').problems).toEqual([expect.stringContaining('is a part that no statement holds')]);
    expect(planted("connection.execSql('SELECT nothing FROM basket');").problems).toEqual([expect.stringContaining('neither a sql template nor given to batch()')]);
  });

  it('cannot hide behind what cannot be followed', () => {
    expect(() => planted('const find = () => sql`SELECT ${this.columns} FROM basket;`;')).toThrow('cannot be followed');
  });
});
