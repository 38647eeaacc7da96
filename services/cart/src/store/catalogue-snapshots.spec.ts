import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hours, seconds } from '@checkout/kernel';
import { DependencyUnavailable } from '@checkout/resilience';
import { acme, aStore, leeds, noon, tea } from '../testing.ts';
import { CatalogueSnapshots } from './catalogue-snapshots.ts';
import { SnapshotFiles } from './snapshot-files.ts';

let directory: string;
let now = noon;
let price = tea.unitPriceMinor;
let outage: Error | undefined;
let reads = 0;
const unreadable: string[] = [];

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'performance', 'Date'] });
  directory = mkdtempSync(join(tmpdir(), 'checkout-snapshots-'));
  now = noon;
  price = tea.unitPriceMinor;
  outage = undefined;
  reads = 0;
  unreadable.splice(0);
});
afterEach(() => {
  jest.useRealTimers();
  rmSync(directory, { recursive: true, force: true });
});

const files = (): SnapshotFiles => new SnapshotFiles(directory, (file) => void unreadable.push(file));
const snapshots = (): CatalogueSnapshots =>
  new CatalogueSnapshots({
    files: files(), now: () => now, onFailed: (_, error) => { throw error; },
    reader: {
      whole: () => {
        reads += 1;
        return outage ? Promise.reject(outage) : Promise.resolve({ stores: new Map([[leeds, aStore()]]), products: new Map([[tea.sku, { ...tea, unitPriceMinor: price }]]) });
      },
    },
  });

/** Lets timers fire for so long, and what they began come to its end on the disk. */
async function pass(ms: number, isDone: () => boolean = () => true): Promise<void> {
  await jest.advanceTimersByTimeAsync(ms);
  for (const giveUpAt = performance.now() + 5_000; !isDone(); ) {
    if (performance.now() > giveUpAt) throw new Error('it did not come about');
    await new Promise((resolve) => setImmediate(resolve));
  }
  await new Promise((resolve) => setImmediate(resolve));
}
const file = (): string => join(directory, 'acme.json');
const onDisk = (minor: number) => (): boolean => readdirSync(directory).join() === 'acme.json' && readFileSync(file(), 'utf8').includes(`"unitPriceMinor":${minor}`);
const teaIn = (of: CatalogueSnapshots) => of.of(acme)?.products.get(tea.sku)?.unitPriceMinor;

describe('the copy of a catalogue', () => {
  it('is made when a tenant first sells, and renewed', async () => {
    const copies = snapshots();
    expect(copies.of(acme)).toBeUndefined();
    copies.seen(acme);
    copies.seen(acme);
    await pass(1, onDisk(299));
    expect([teaIn(copies), copies.of(acme)?.takenAt, reads]).toEqual([299, noon, 1]);
    price = 310;
    await pass(seconds(20 * 60), onDisk(310));
    expect(teaIn(copies)).toBe(310);
    copies.stop();
  });

  it('follows a change made here, once for many pages', async () => {
    const copies = snapshots();
    copies.seen(acme);
    await pass(1, onDisk(299));
    price = 310;
    for (let page = 0; page < 5; page += 1) copies.changed([{ kind: 'products-saved', tenantId: acme, products: [], at: now }]);
    await pass(seconds(3), onDisk(310));
    expect([teaIn(copies), reads]).toEqual([310, 2]);
    copies.stop();
  });

  it('stays in an outage, for a day and no longer', async () => {
    const copies = snapshots();
    copies.seen(acme);
    await pass(1, onDisk(299));
    outage = new DependencyUnavailable('cart/read', 1_000);
    await pass(seconds(30 * 60));
    now = noon + hours(24);
    expect(teaIn(copies)).toBe(299);
    now += 1;
    expect(copies.of(acme)).toBeUndefined();
    copies.stop();
  });

  it('is there for a process that starts in the outage, with its date', async () => {
    const first = snapshots();
    first.seen(acme);
    await pass(1, onDisk(299));
    first.stop();
    outage = new DependencyUnavailable('cart/read', 1_000);
    now = noon + hours(3);
    const second = snapshots();
    second.start();
    expect([teaIn(second), second.of(acme)?.takenAt]).toEqual([299, noon]);
    second.stop();
  });

  it.each([['cut', (text: string) => text.slice(0, -10)], ['changed', (text: string) => text.replace('299', '199')], ['empty', () => '']])('that was %s on the disk is as good as none', async (_, damage) => {
    const first = snapshots();
    first.seen(acme);
    await pass(1, onDisk(299));
    first.stop();
    writeFileSync(file(), damage(readFileSync(file(), 'utf8')));
    const second = snapshots();
    second.start();
    expect([second.of(acme), unreadable]).toEqual([undefined, ['acme.json']]);
    second.stop();
  });
});
