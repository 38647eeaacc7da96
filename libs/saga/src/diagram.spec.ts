import { mermaid, table } from './diagram.ts';
import { sampleWith } from './sample.ts';

const example = { order: 1 };

describe('the picture of a saga', () => {
  it('shows the way forward, and dotted the way back', () => {
    expect(mermaid(sampleWith(1, 2), example)).toBe(`flowchart TD
  start([begun])
  s0["before0<br/>do before0"]
  s1{"pivot<br/>do pivot"}
  s2["after0<br/>do after0"]
  s3["after1<br/>do after1"]
  us0[/"undo before0<br/>undo before0"/]
  completed([completed])
  cancelled([cancelled])
  start --> s0
  s0 -->|before0 done| s1
  s0 -.->|before0 refused| cancelled
  s0 -.->|given up| us0
  us0 -.->|before0 undone| cancelled
  s1 -->|pivot done| s2 & s3
  s1 -.->|pivot refused| us0
  s2 -->|after0 done| completed
  s3 -->|after1 done| completed
`);
  });

  it('goes from the pivot to the end when nothing follows it', () => {
    expect(mermaid(sampleWith(0, 0), example)).toContain('s0 -->|pivot done| completed');
  });

  it('is also a table with a row per step', () => {
    expect(table(sampleWith(1, 1), example)).toBe(`| step | kind | command | yes | no | undone by | asked again |
| --- | --- | --- | --- | --- | --- | --- |
| before0 | compensatable | \`do before0\` | \`before0 done\` | \`before0 refused\` | \`undo before0\` → \`before0 undone\` | after 1 s, doubling; after 5 × a person is told |
| pivot | pivot | \`do pivot\` | \`pivot done\` | \`pivot refused\` |  | after 1 s, doubling; after 5 × a person is told |
| after0 | retriable | \`do after0\` | \`after0 done\` |  |  | after 1 s, doubling; after 5 × a person is told |
`);
  });
});
