import { EventEmitter } from 'node:events';
import type { Connection } from 'tedious';
import { guard } from './guard.ts';

type Ended = (error?: Error | null) => void;

/** What the guard touches of the driver's connection; the ends of its transactions fail as told. */
class FakeConnection extends EventEmitter {
  isClosed = false;
  failure: Error | undefined;
  readonly config = { options: { packetSize: 4_096 } };
  readonly askedFor: number[] = [];

  sendLogin7Packet(): void {
    this.askedFor.push(this.config.options.packetSize);
  }

  close(): void {
    this.isClosed = true;
  }

  commitTransaction(ended: Ended): void {
    ended(this.failure);
  }

  rollbackTransaction(ended: Ended): void {
    ended(this.failure);
  }
}

const guarded = (): FakeConnection => {
  const connection = new FakeConnection();
  guard(connection as unknown as Connection);
  return connection;
};

test.each(['commitTransaction', 'rollbackTransaction'] as const)('a connection whose %s failed is closed, since its transaction may still be open', (end) => {
  const connection = guarded();
  connection.failure = new Error('timeout');
  const ended = jest.fn();
  connection[end](ended);
  expect(connection.isClosed).toBe(true);
  expect(ended).toHaveBeenCalledWith(connection.failure);
});

test('a connection whose transaction ended well stays open', () => {
  const connection = guarded();
  connection.commitTransaction(() => {});
  expect(connection.isClosed).toBe(false);
});

test('a login asks for large packets and travels in small ones, and so does the login at another server', () => {
  const connection = guarded();
  connection.sendLogin7Packet();
  const whileTheAnswerIsAwaited = connection.config.options.packetSize;
  connection.sendLogin7Packet();
  expect({ asked: connection.askedFor, whileTheAnswerIsAwaited }).toEqual({ asked: [16_000, 16_000], whileTheAnswerIsAwaited: 4_096 });
});
