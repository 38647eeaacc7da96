import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { setImmediate as nextTick } from 'node:timers/promises';
import { Settler } from './settler.ts';

const message = (messageId: string) => ({ messageId }) as ServiceBusReceivedMessage;

/** A receiver that takes note of a settlement when told to, and remembers in which tick each was made. */
class Receiver {
  readonly made: { readonly settlement: string; readonly tick: number }[] = [];
  readonly #acknowledge: (() => void)[] = [];
  #tick = 0;
  #isDeaf = false;

  constructor() {
    const turn = (): void => {
      this.#tick += 1;
      for (const done of this.#acknowledge.splice(0)) if (!this.#isDeaf) done();
      setImmediate(turn).unref();
    };
    setImmediate(turn).unref();
  }

  /** As after a lost connection: no answer ever comes. */
  goDeaf(): this {
    this.#isDeaf = true;
    return this;
  }

  completeMessage = ({ messageId }: ServiceBusReceivedMessage) => this.#make(`complete ${String(messageId)}`);
  abandonMessage = ({ messageId }: ServiceBusReceivedMessage) => this.#make(`abandon ${String(messageId)}`);
  deadLetterMessage = ({ messageId }: ServiceBusReceivedMessage) => this.#make(`dead-letter ${String(messageId)}`);

  #make(settlement: string): Promise<void> {
    this.made.push({ settlement, tick: this.#tick });
    return new Promise((resolve) => this.#acknowledge.push(resolve));
  }
}

it('gives every outcome but completion a tick to itself', async () => {
  const receiver = new Receiver();
  const settler = new Settler(receiver);
  await Promise.all([
    settler.settle(message('a'), { settle: 'complete' }),
    settler.settle(message('b'), { settle: 'dead-letter', reason: 'poison', description: '' }),
    settler.settle(message('c'), { settle: 'complete' }),
    settler.settle(message('d'), { settle: 'abandon', because: undefined }),
    settler.settle(message('e'), { settle: 'complete' }),
  ]);
  const ticksOf = (kind: string) => receiver.made.filter(({ settlement }) => settlement.startsWith(kind)).map(({ tick }) => tick);
  const exceptions = [...ticksOf('dead-letter'), ...ticksOf('abandon')];
  expect(receiver.made).toHaveLength(5);
  expect(new Set(exceptions).size).toBe(2);
  expect(ticksOf('complete').filter((tick) => exceptions.includes(tick))).toEqual([]);
});

it('does not wait for answers that cannot come once its receiver is gone', async () => {
  const receiver = new Receiver().goDeaf();
  const settler = new Settler(receiver);
  const settling = Promise.all([
    settler.settle(message('a'), { settle: 'complete' }),
    settler.settle(message('b'), { settle: 'abandon', because: undefined }),
    settler.settle(message('c'), { settle: 'abandon', because: undefined }),
  ]);
  await nextTick();
  settler.close();
  await settling;
  expect(receiver.made.map(({ settlement }) => settlement)).toEqual(['complete a']);
});

it('settles nothing once its receiver is gone', async () => {
  const receiver = new Receiver();
  const settler = new Settler(receiver);
  settler.close();
  await settler.settle(message('a'), { settle: 'complete' });
  await settler.settle(message('b'), { settle: 'dead-letter', reason: 'poison', description: '' });
  expect(receiver.made).toEqual([]);
});

it('takes a settlement that fails for done: the message comes again', async () => {
  const settler = new Settler({ ...new Receiver(), completeMessage: () => Promise.reject(new Error('SessionLockLost')) } as unknown as Receiver);
  await expect(settler.settle(message('a'), { settle: 'complete' })).resolves.toBeUndefined();
});
