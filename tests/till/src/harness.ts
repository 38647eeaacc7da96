import type { NetworkOptions } from '@checkout/local-network';
import { Shop } from './shop.ts';

/** Tests in a browser, on one shop. Without a browser there is one test that says so: nothing is passed over in silence. */
export function atTheCounter(what: string, browser: string | undefined, tests: (shop: () => Shop) => void, more: Partial<NetworkOptions> = {}): void {
  // A browser on a machine that does other things as well.
  jest.setTimeout(180_000);
  describe(what, () => {
    if (browser === undefined) {
      it('is not tested here, because there is no Chromium (install it, or set CHROMIUM to where it is)', () => {
        process.stderr.write(`${what}: NOT TESTED, no Chromium was found. Install Debian's package "chromium", or set CHROMIUM.\n`);
        expect(process.env['CHROMIUM_REQUIRED']).toBeUndefined();
      });
      return;
    }
    let shop: Shop | undefined;
    beforeAll(async () => {
      shop = await Shop.open(more);
    }, 180_000);
    afterAll(() => shop?.close(), 60_000);
    tests(() => {
      if (!shop) throw new Error('The shop is not open.');
      return shop;
    });
  });
}
