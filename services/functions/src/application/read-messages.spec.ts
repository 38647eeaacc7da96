import type { QueuedMessage } from './ports.ts';
import { readMessages } from './read-messages.ts';

const message = (sequenceNumber: bigint) => ({ sequenceNumber, messageId: `m${sequenceNumber}` }) as QueuedMessage;

describe('reading messages by their numbers', () => {
  it('walks on from page to page, though pages be shorter than asked for, and leaves out what is gone', async () => {
    const there = [2n, 3n, 5n, 8n, 9n].map(message);
    const pages: bigint[] = [];
    const peek = (_: unknown, from: bigint): Promise<readonly QueuedMessage[]> => {
      pages.push(from);
      return Promise.resolve(there.filter(({ sequenceNumber }) => sequenceNumber >= from).slice(0, 2));
    };

    const found = await readMessages({ peek }, { topic: 'stock', subscription: 'inventory' }, [3n, 4n, 8n]);

    expect([[...found.keys()], pages]).toEqual([[3n, 8n], [3n, 6n]]);
  });
});
