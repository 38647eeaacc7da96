import { bring, setAside, setFree, takeHeld, takeUnheld, type Move } from '../domain/movement.ts';
import { linesOf, storeId, tenantId } from '../testing.ts';
import { levelChangesOf } from './level-changes.ts';

const batchOf = (...moves: (readonly Move[])[]) => levelChangesOf(moves.map((each) => ({ tenantId, storeId, moves: each })));
const tea = (quantity: number) => linesOf({ TEA: quantity });

describe('the levels that a batch writes', () => {
  it('are written once each, with the sum of what its sales do', () => {
    expect(batchOf(setAside(tea(2)), setAside(tea(3)), takeHeld(tea(2)))).toMatchObject([{ onHand: -2, reserved: 3 }]);
  });

  it('need as much as the promises made, after what was given back before them', () => {
    expect(batchOf(setFree(tea(2)), setAside(tea(3)))).toMatchObject([{ atLeast: 1 }]);
  });

  it('need no more because goods were taken after the promise', () => {
    expect(batchOf(setAside(tea(3)), takeUnheld(tea(5)))).toMatchObject([{ onHand: -5, reserved: 3, atLeast: 3 }]);
  });

  it('count goods that arrive before the promise', () => {
    expect(batchOf(bring(tea(10)), setAside(tea(3)))).toMatchObject([{ atLeast: -7 }]);
  });

  it('need nothing when nothing is promised', () => {
    expect(batchOf(takeUnheld(tea(5)))[0]).not.toHaveProperty('atLeast');
  });

  it('may be of an article that the store has never had only when goods come or leave unheld', () => {
    expect([bring, takeUnheld, setAside, setFree, takeHeld].map((moveOf) => batchOf(moveOf(tea(1)))[0]?.mayBeNew)).toEqual([true, true, false, false, false]);
  });
});
