import { chain, firstBreak, genesis, type AuditEntry, type ChainedEntry } from './audit-chain.ts';

const entry = (messageId: string): AuditEntry => ({ at: '2026-11-22T04:30:00.000Z', tenantId: 'acme', actor: 'ann', action: 'message.replayed', planId: 'p1', messageId });
const written = (): ChainedEntry[] => chain(['a', 'b', 'c', 'd'].map(entry), { number: 0, hash: genesis });

describe('the chain of audit entries', () => {
  it('holds as it was written, in one go or in several', () => {
    const first = chain([entry('a')], { number: 0, hash: genesis });
    const then = chain(['b', 'c', 'd'].map(entry), { number: 1, hash: first[0]?.hash ?? '' });

    expect([...first, ...then]).toEqual(written());
    expect(firstBreak(written())).toBeUndefined();
  });

  it.each<[string, (entries: ChainedEntry[]) => ChainedEntry[], number, string]>([
    ['a changed actor', (all) => all.map((each) => (each.number === 2 ? { ...each, actor: 'bob' } : each)), 2, 'was changed'],
    ['a taken out detail', (all) => all.map(({ planId: _planId, ...each }) => each), 1, 'was changed'],
    ['a missing entry', (all) => all.filter(({ number }) => number !== 3), 3, 'is missing'],
    ['a changed entry with its hash made right', (all) => all.map((each) => (each.number === 2 ? (chain([{ ...entry('x') }], { number: 1, hash: all[0]?.hash ?? '' })[0] ?? each) : each)), 3, 'is not chained'],
  ])('shows %s', (_, tamper, number, because) => {
    expect(firstBreak(tamper(written()))).toEqual({ number, because: expect.stringContaining(because) as string });
  });
});
