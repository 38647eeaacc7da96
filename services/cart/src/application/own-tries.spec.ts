import { acme, aCheckout, aHash, anOffer, aStore, decideOn, leeds, newCommandId, noon, rowsOf, tea, till } from '../testing.ts';
import type { AcceptCheckout } from './accept-checkout.ts';
import { OwnTries } from './own-tries.ts';

const commandOf = (): AcceptCheckout =>
  ({ type: 'cart.accept-checkout', body: { tenantId: acme, storeId: leeds, tillId: till, commandId: newCommandId(), bodyHash: aHash('asked'), offer: anOffer() } });
const shop = () => rowsOf({ stores: [aStore()], products: [tea] });

describe('one request that tries twice', () => {
  it('finds what it stored itself, and has not repeated anything', () => {
    const [rows, command, own] = [shop(), commandOf(), new OwnTries()];
    decideOn(rows, own.handler, command, { now: noon });
    const second = decideOn(rows, own.handler, command, { now: noon + 40 });
    expect(second).toMatchObject({ answer: { kind: 'accepted', checkout: { acceptedAt: noon } }, effects: [{ kind: 'accepted' }] });
    expect([second.changes, second.messages]).toEqual([undefined, undefined]);
  });

  it('finds what another stored meanwhile: that is a repeat', () => {
    const [rows, command, own] = [shop(), commandOf(), new OwnTries()];
    decideOn(shop(), own.handler, command, { now: noon });
    decideOn(rows, new OwnTries().handler, command, { now: noon + 7 });
    expect(decideOn(rows, own.handler, command, { now: noon + 40 })).toMatchObject({ answer: { kind: 'replayed', checkout: { acceptedAt: noon + 7 } } });
  });

  it('is refused as it was, whatever it tried', () => {
    const own = new OwnTries();
    const refused = { kind: 'refused', code: 'idempotency-key-reused', detail: 'x', faults: [] } as const;
    own.tried(aCheckout());
    expect(own.judged(refused)).toBe(refused);
  });
});
