import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Language, Parser, type Node } from 'web-tree-sitter';
import { parseBicep } from './bicep/parse.ts';
import { Tree } from './tree.ts';

const folder = join(Tree.root.directory, 'infra/azure');
const files = readdirSync(folder).filter((name) => /\.bicep(?:param)?$/.test(name));
/** Names of parameters that are declared and never used, and so on. */
const declared = /^\s*(?:param|var) (\w+)/gm;

let parser: Parser;
beforeAll(async () => {
  await Parser.init();
  parser = new Parser();
  parser.setLanguage(await Language.load(createRequire(__filename).resolve('tree-sitter-bicep/tree-sitter-bicep.wasm')));
});

/** The grammar knows templates. A parameter file is one whose parameters are its variables. */
const asTemplate = (name: string, source: string): string => (name.endsWith('param') ? source.replace(/^using .*$/m, '').replaceAll(/^param /gm, 'var ') : source);

const syntaxFaults = (name: string, source: string): string[] => {
  const found: string[] = [];
  const look = (node: Node): void => {
    if (node.isError || node.isMissing) found.push(`${name}:${node.startPosition.row + 1} ${node.text.slice(0, 40)}`);
    else node.children.forEach((child) => child && look(child));
  };
  const tree = parser.parse(asTemplate(name, source));
  if (tree) look(tree.rootNode);
  return found;
};

it.each(files)('%s is Bicep, by a grammar that is not ours and by the reader that is', (name) => {
  const source = Tree.root.read(`infra/azure/${name}`);
  expect(syntaxFaults(name, source)).toEqual([]);
  expect(() => parseBicep(source)).not.toThrow();
});

it.each(files.filter((name) => name.endsWith('.bicep') && name !== 'sizes.bicep'))('%s uses what it declares', (name) => {
  const source = Tree.root.read(`infra/azure/${name}`).replaceAll(/^\s*\/\/.*$/gm, '');
  const unused = [...source.matchAll(declared)].map(([, word = '']) => word).filter((word) => (source.match(new RegExp(`\\b${word}\\b`, 'g')) ?? []).length < 2);
  expect(unused).toEqual([]);
});

it.each([
  ["param name string\nresource app 'Microsoft.App/jobs@2025-01-01' = {\n  name: name\n", 'a brace that is not closed'],
  ["var a = 'text\n", 'a text that does not end'],
  ["var a = [for x of y: x]\n", 'a loop of another language'],
  ["module a 'b.bicep' {\n}\n", 'an equals sign that is missing'],
])('turns away %j: %s', (source) => {
  expect(syntaxFaults('x.bicep', source)).not.toEqual([]);
  expect(() => parseBicep(source)).toThrow(/line \d+/);
});
