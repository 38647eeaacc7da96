import { readFileSync } from 'node:fs';
import { temporaryDirectory } from '../testing/bus.ts';
import { RecentEncodings } from './recent-encodings.ts';
import { GROUP_HEADER_BYTES, preallocate, readGroups, SegmentFile, segmentPath, type WrittenGroup } from './segment-file.ts';

const directory = temporaryDirectory();
afterAll(() => directory.remove());

async function written(number: number, groups: readonly string[]): Promise<Buffer> {
  const path = segmentPath(directory.path, number);
  await preallocate(path, 4096);
  const segment = new SegmentFile(directory.path, number, new RecentEncodings());
  segment.openForWriting();
  for (const text of groups) {
    const chunk = Buffer.concat([Buffer.alloc(GROUP_HEADER_BYTES), Buffer.from(text)]);
    await new Promise<void>((resolve, reject) => { segment.append([chunk], (error) => (error ? reject(error) : resolve())); });
  }
  segment.close();
  return readFileSync(path);
}

const texts = (groups: readonly WrittenGroup[]): string[] => groups.map(({ records }) => records.toString());

describe('a log segment', () => {
  it('reads back the groups that were written', async () => {
    const bytes = await written(1, ['first', 'second', 'third']);
    const { groups, isTorn } = readGroups(1, bytes);
    expect(texts(groups)).toEqual(['first', 'second', 'third']);
    expect(isTorn).toBe(false);
  });

  it('cuts a torn tail off', async () => {
    const bytes = await written(2, ['first', 'second']);
    bytes.writeUInt8(0xff, GROUP_HEADER_BYTES * 2 + 'first'.length + 2);
    const { groups, isTorn } = readGroups(2, bytes);
    expect(texts(groups)).toEqual(['first']);
    expect(isTorn).toBe(true);
  });

  it('does not take the groups of another segment for its own', async () => {
    expect(readGroups(4, await written(3, ['old'])).groups).toEqual([]);
  });
});
