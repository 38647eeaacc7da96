import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { Tree } from './tree.ts';

/** What takes something away that a revision of before may use, or a rollback may need. */
const contracting = /\bDROP\s+(?:TABLE|COLUMN)\b|\bALTER\s+COLUMN\b|\bsp_rename\b|\bADD\s+\w+\s+[\w()]+\s+NOT\s+NULL(?!\s*(?:CONSTRAINT\s+\w+\s*)?DEFAULT)/i;
/** A migration that contracts says why it may: `-- contracts: nothing uses it since …`. */
const excused = /^-- contracts: \S/;

const contracts = (source: string): boolean => contracting.test(source.replaceAll(/--.*$/gm, '')) && !excused.test(source);

const files = ['libs', 'services'].flatMap((group) => readdirSync(join(Tree.root.directory, group)).flatMap((name) =>
  ['migrations', 'src/store/migrations'].map((folder) => join(Tree.root.directory, group, name, folder)).filter(existsSync)
    .flatMap((folder) => readdirSync(folder).filter((file) => file.endsWith('.sql')).map((file) => join(folder, file)))));

it('Q42, OP02, OP03 only expand: the revision of before goes on with the schema of after, and can come back to it', () => {
  expect(files.length).toBeGreaterThan(8);
  expect(files.filter((file) => contracts(readFileSync(file, 'utf8'))).map((file) => file.slice(Tree.root.directory.length + 1))).toEqual([]);
});

it.each([
  'ALTER TABLE basket DROP COLUMN note;', 'DROP TABLE basket;', 'ALTER TABLE basket ALTER COLUMN note VARCHAR(10);', "EXEC sp_rename 'basket.note', 'remark', 'COLUMN';",
  'ALTER TABLE basket ADD note VARCHAR(10) NOT NULL;',
])('finds %s', (statement) => {
  expect(contracts(statement)).toBe(true);
});

it.each([
  'ALTER TABLE basket ADD note VARCHAR(10) NULL;', "ALTER TABLE basket ADD note VARCHAR(10) NOT NULL CONSTRAINT df_note DEFAULT '';", '-- contracts: nothing has read it since 2.1\nALTER TABLE basket DROP COLUMN note;',
  '-- no DROP TABLE here\nSELECT 1;',
])('lets %s pass', (statement) => {
  expect(contracts(statement)).toBe(false);
});
