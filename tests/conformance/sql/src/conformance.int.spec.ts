import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCaseFile, type Case, type CaseFile } from './case-file.ts';
import type { Session } from './session.ts';
import { openSubject, type Subject } from './subject.ts';

const folder = join(import.meta.dirname, 'cases');
const files = readdirSync(folder).filter((name) => name.endsWith('.cases')).toSorted().map((name) => readCaseFile(readFileSync(join(folder, name), 'utf8'), name));
const differences = new Set([...readFileSync(join(import.meta.dirname, '../../../../infra/local/sql/DIFFERENCES.md'), 'utf8').matchAll(/^- \*\*(.*?)\*\*/gm)].map(([, line]) => line));

let subject: Subject;
beforeAll(async () => { subject = await openSubject(); });
afterAll(() => subject[Symbol.asyncDispose]());

describe.each(files.map((file) => [file.topic, file] as const))('%s', (_topic, file) => {
  it.each(file.cases.map((each) => [each.name, each] as const))('%s', async (_name, each) => {
    if (each.needsAzure && !subject.isAzure) return;
    const { actual, expected } = await play(file, each);

    if (!subject.isStandIn || (each.differs === undefined && each.refused === undefined)) {
      expect(actual).toEqual(expected);
      return;
    }
    // What the server does is written down all the same; the stand-in must still be known not to do it.
    expect(actual).not.toEqual(expected);
    if (each.refused !== undefined) expect(actual.join('\n')).toMatch(/= error (40514|195) /);
    else expect(differences).toContain(each.differs);
  });
});

describe('the cases', () => {
  it('are two hundred and more, and every file says where its expectations come from', () => {
    expect(files.reduce((count, { cases }) => count + cases.length, 0)).toBeGreaterThanOrEqual(200);
    expect(files.filter(({ topic, sources }) => topic === '' || sources.length === 0)).toEqual([]);
  });

  it('have a name of their own each', () => {
    const names = files.flatMap(({ topic, cases }) => cases.map(({ name }) => `${topic}: ${name}`));
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('that can fail, do', async () => {
    const planted = readCaseFile('topic planted\ncase a wrong sum\n    SELECT 1 + 1 AS n\n= n int\n    3\n', 'planted');
    const [only] = planted.cases;
    if (!only) throw new Error('The planted case is not there.');
    const { actual, expected } = await play(planted, only);
    expect({ actual, expected }).toEqual({ actual: ['A:', '= n int', '2'], expected: ['A:', '= n int', '3'] });
  });
});

/** Everything a case makes is taken away again, whatever becomes of it. */
async function play({ before, after }: CaseFile, { steps }: Case): Promise<{ actual: string[]; expected: string[] }> {
  const sessions = new Map<string, Session>();
  const actual: string[] = [];
  const expected: string[] = [];
  const own = await subject.session();
  try {
    await prepare(own, before);
    for (const step of steps) {
      const session = sessions.get(step.session) ?? await subject.session();
      sessions.set(step.session, session);
      const compared = await session.run(step);
      actual.push(`${step.session}:`, ...compared.actual);
      expected.push(`${step.session}:`, ...compared.expected);
    }
  } finally {
    for (const session of sessions.values()) await session.close();
    await prepare(own, after);
    await own.close();
  }
  return { actual, expected };
}

async function prepare(session: Session, batches: readonly string[]): Promise<void> {
  for (const text of batches) {
    const { actual } = await session.run({ session: 'own', line: 0, how: 'runs', text, isCall: false, parameters: [], outcome: [] });
    if (actual.length > 0) throw new Error(`What the cases start from could not be made or removed: ${actual.join(' ')} in ${text}`);
  }
}
