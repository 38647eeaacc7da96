import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sales } from '../mutants/mutant.ts';
import { TillJournal } from './journal.ts';

const directory = mkdtempSync(join(tmpdir(), 'till-journal-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const [sale] = sales({ count: 1 });

describe("a till's journal", () => {
  it('has what was begun and not answered, also after a restart that cut its last line off', () => {
    const file = join(directory, 'journal');
    const journal = new TillJournal(file);
    if (!sale) throw new Error('there is a sale');
    journal.begin('first', sale);
    journal.begin('second', sale);
    journal.end('first');
    appendFileSync(file, '{"commandId":"third","sa');
    expect(new TillJournal(file).open().map(({ commandId }) => commandId)).toEqual(['second']);
  });
});
