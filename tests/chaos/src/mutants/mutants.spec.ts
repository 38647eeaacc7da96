import { misfitOf } from './mutant.ts';
import { mutants } from './mutants.ts';

describe('the defects that the checker must catch', () => {
  it.each(mutants.flatMap(({ name, edits }) => edits.map((edit) => [name, edit.file, edit] as const)))('"%s" still fits %s', (_, __, edit) => {
    expect(misfitOf(edit)).toBeUndefined();
  });

  it('are at least ten, each with a name of its own', () => {
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
    expect(mutants.length).toBeGreaterThanOrEqual(10);
  });

  it('do not fit when their text is gone', () => {
    expect(misfitOf({ file: 'libs/messaging/src/pipeline.ts', find: 'nobody ever wrote this', replace: '' })).toContain('0 times');
  });
});
