import { Memory } from './memory.ts';

describe('a store’s memory', () => {
  it('K37, R02 keeps what is worked on and lets the oldest go', () => {
    const memory = new Memory<number>(2);
    memory.put('a', 1);
    memory.put('b', 2);
    memory.put('a', 3);
    memory.put('c', 4);
    expect([memory.get('a'), memory.get('b'), memory.get('c')]).toEqual([3, undefined, 4]);
  });

  it('forgets one row, or all of them', () => {
    const memory = new Memory<number>(5);
    memory.put('a', 1);
    memory.put('b', 2);
    memory.drop('a');
    expect([memory.get('a'), memory.get('b')]).toEqual([undefined, 2]);
    memory.forgetAll();
    expect(memory.get('b')).toBeUndefined();
  });
});
