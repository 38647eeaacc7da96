import { hazardViolations, namedIn, notExposed, rows } from './hazards.ts';
import { sourceFiles } from './tree.ts';

const spec = (text: string) => ({ path: 'services/cart/src/a.spec.ts', text });
const all = spec(rows.filter((row) => notExposed[row] === undefined).map((row) => `it('${row} is survived')`).join('\n'));

describe('every hazard that the design was made against', () => {
  it('is named by a test, or said not to concern us, with the reason', () => {
    expect(hazardViolations(sourceFiles())).toEqual([]);
  });
});

describe('the map of hazards', () => {
  it('reads numbers at the head of a title, several too, and in brackets', () => {
    expect([...namedIn([spec("it('X037 is'); it('X101 X102, X103 and X104 are'); ['is shown (X326)']; it(`O1 is`)")]).keys()]).toEqual(['X037', 'X101', 'X102', 'X103', 'X104', 'X326', 'O1']);
  });

  it('takes no other text for one', () => {
    expect(namedIn([spec("const store = 'S1'; const key = 'M1-1'; // X037 is\nit('sells X037 times')")]).size).toBe(0);
    expect(namedIn([{ path: 'services/cart/src/a.ts', text: "'X037 is'" }]).size).toBe(0);
  });

  it('fails over a row without a test, a reason that is out of date, and a reason for no row', () => {
    expect(hazardViolations([all])).toEqual([]);
    expect(hazardViolations([spec(all.text.replace('K03 ', ''))])).toEqual([expect.stringMatching(/^K03 is named by no test/)]);
    expect(hazardViolations([all], { ...notExposed, X037: 'x' })).toEqual([expect.stringMatching(/^X037 is said not to concern us/)]);
    expect(hazardViolations([all], { ...notExposed, X999: 'x' })).toEqual(['X999 is no row']);
  });
});
