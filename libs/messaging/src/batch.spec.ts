import { inventory, type Message } from '@checkout/contracts';
import { decideAll } from './batch.ts';
import type { Handler } from './handler.ts';
import { InvalidMessage } from './invalid-message.ts';
import { messageIdOf } from './message-id.ts';
import type { Work } from './work.ts';

/** A shelf with one article: the smallest store that two messages can want the last piece of. */
interface Shelf { left: number }
type Take = Message<'take', { readonly tenantId: string; readonly storeId: string; readonly saleId: string }>;
type Taken = { readonly taken: number };

const ofSale = (last: number) => ({ tenantId: 'acme', storeId: 'LEEDS-01', saleId: `0f0e4c55-27f5-5d8c-9c0e-2f6b8f1f8f1${last}` }) as Parameters<typeof inventory.StockReleased>[0];
const take: Handler<Take, never, Shelf, Taken, never, string> = {
  needs: () => [],
  decide: (shelf, { message }) => {
    if (message.body.saleId.endsWith('9')) throw new InvalidMessage('nine', 'Nine is not served.');
    if (shelf.left === 0) return { answer: 'short' };
    return { changes: [{ taken: 1 }], messages: [inventory.StockReleased(message.body as ReturnType<typeof ofSale>)], answer: 'taken' };
  },
};
const store = { apply: (shelf: Shelf, { taken }: Taken) => void (shelf.left -= taken) };
const work = (last: number): Work<never, Shelf, Taken, never> => ({
  handler: take as unknown as Handler<Message, never, Shelf, Taken, never, unknown>,
  message: { type: 'take', body: ofSale(last) },
  envelope: { id: `message-${last}`, source: '/tests', type: 'take', time: '', tenantId: 'acme' as never },
  isFromBus: true,
  done: () => {},
});
const decide = (works: readonly Work<never, Shelf, Taken, never>[], left: number) => decideAll(works, { left }, store, 'inventory', 0);

describe('a batch', () => {
  it('never promises the last piece twice', () => {
    const { decided, changes } = decide([work(1), work(2)], 1);
    expect(decided.map(({ answer }) => answer)).toEqual(['taken', 'short']);
    expect(changes).toHaveLength(1);
  });

  it('turns away one message without touching its neighbours', () => {
    const { decided, failed, outbound } = decide([work(1), work(9), work(2)], 5);
    expect(decided.map(({ work: { envelope } }) => envelope.id)).toEqual(['message-1', 'message-2']);
    expect(failed.map(({ error }) => error)).toEqual([expect.any(InvalidMessage)]);
    expect(outbound).toHaveLength(2);
  });

  it('names a message after its cause, so that deciding again names the same message', () => {
    const ids = () => decide([work(1)], 1).outbound.map(({ envelope }) => [envelope.id, envelope.causationId]);
    expect(ids()).toEqual([['message-1.0', 'message-1']]);
    expect(ids()).toEqual(ids());
  });

  it('is given up as a whole when a change cannot be shown to the next decision', () => {
    const stumble = { apply: () => {
      throw new Error('no such shelf');
    } };
    expect(() => decideAll([work(1), work(2)], { left: 5 }, stumble, 'inventory', 0)).toThrow('no such shelf');
  });

  it('B20 turns away a message that the bus would not take, counted in bytes', () => {
    const long = { ...work(1), handler: { needs: () => [], decide: () => ({ messages: [{ type: inventory.StockRefused.type, body: { ...ofSale(1), note: '価'.repeat(60_000) } }] }) } };
    const { failed, outbound } = decide([long as unknown as ReturnType<typeof work>, work(2)], 5);
    expect(failed.map(({ error }) => String(error))).toEqual([expect.stringContaining('150000 bytes')]);
    expect(outbound).toHaveLength(1);
  });
});

describe('the id of a message', () => {
  it('fits the inbox and the bus, however long its chain of causes has become', () => {
    let id = '01890a5d-ac96-774b-bcce-b302099a8057';
    const ids = new Set<string>();
    for (let hop = 0; hop < 1_000; hop += 1) {
      id = messageIdOf(id, hop % 12);
      ids.add(id);
      expect(id.length).toBeLessThanOrEqual(128);
    }
    expect(ids.size).toBe(1_000);
  });

  it('shows its causes while there are few, and is the same every time', () => {
    expect(messageIdOf('a.0', 1)).toBe('a.0.1');
    const long = 'x'.repeat(128);
    expect(messageIdOf(long, 1)).toBe(messageIdOf(long, 1));
    expect(messageIdOf(long, 1)).not.toBe(messageIdOf(long, 2));
    expect(messageIdOf(long, 1)).not.toBe(messageIdOf(`${long.slice(1)}y`, 1));
  });
});
