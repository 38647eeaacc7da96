import { aCheckout } from '@checkout/contracts/testing';
import type { TillId } from '@checkout/kernel';
import { bodyHashOf } from './body-hash.ts';

const { body } = aCheckout();

describe('the hash of a request', () => {
  it('does not depend on the order of members, nor on when it was asked', () => {
    const reversed = Object.fromEntries(Object.entries({ ...body, requestedAt: '2027-01-01T00:00:00.000Z' }).toReversed()) as typeof body;
    expect(bodyHashOf(reversed)).toBe(bodyHashOf(body));
  });

  it('is of what the till asked cart for, where that is known: another route or an older price makes no other sale', () => {
    const asked = { ...body, requestHash: 'a'.repeat(43) };
    const repriced = { ...asked, acceptedVia: 'bus' as const, pricedFrom: { snapshotAt: body.requestedAt }, lines: body.lines.map((line) => ({ ...line, description: 'Tea' })) };
    expect(bodyHashOf(repriced)).toBe(bodyHashOf(asked));
    const others = [{ ...asked, requestHash: 'b'.repeat(43) }, { ...asked, totalMinor: 599 }, { ...asked, tillId: 'LEEDS-01-T2' as TillId }, body];
    expect(others.map(bodyHashOf)).not.toContain(bodyHashOf(asked));
  });

  it('does not depend on the route, where what the till asked for is not known', () => {
    expect(bodyHashOf({ ...body, acceptedVia: 'bus', pricedFrom: { snapshotAt: body.requestedAt } })).toBe(bodyHashOf(body));
  });

  it('depends on everything that was asked for', () => {
    const others = [{ ...body, tillId: 'LEEDS-01-T2' as TillId }, { ...body, totalMinor: 599 }, { ...body, lines: body.lines.map((line) => ({ ...line, quantity: 3 })) }];
    expect(others.map(bodyHashOf)).not.toContain(bodyHashOf(body));
  });
});
