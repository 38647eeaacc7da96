import { inventory, type Message } from '@checkout/contracts';
import { createLogger } from '@checkout/observability';
import { BulkheadFull, DependencyUnavailable } from '@checkout/resilience';
import { CommitUnknown, Conflict, RowsTaken, sql, type Sql } from '@checkout/sql';
import type { Outbound } from './codec.ts';
import type { Handler } from './handler.ts';
import { InvalidMessage } from './invalid-message.ts';
import { Pipeline, type PipelineOptions } from './pipeline.ts';
import type { Result } from './work.ts';

type Order = Message<'order', { readonly name: string }>;
interface Ordered { readonly name: string }

const ofSale = { tenantId: 'acme', storeId: 'LEEDS-01', saleId: '0f0e4c55-27f5-5d8c-9c0e-2f6b8f1f8f10' } as Parameters<typeof inventory.StockReleased>[0];
const logger = createLogger({ service: 'tests', level: 'silent' });
const outage = new DependencyUnavailable('kitchen/work', 1_000);
const unknown = new CommitUnknown('kitchen/work');
const inboxConflict = new Conflict('duplicate', 'pk_inbox');

/** What the database does with one commit after another; from the end of the list on it commits. */
type Step = 'commits' | Error;

class Kitchen {
  readonly steps: Step[] = [];
  readonly commits: string[] = [];
  readonly sent: Outbound[][] = [];
  /** A name that the decision throws for, and from which decision on. */
  refuses: { readonly name: string; readonly with: Error; readonly fromDecision?: number } | undefined;
  send: () => Promise<void> = () => Promise.resolve();
  #decisions = 0;
  readonly order: Handler<Order, never, null, Ordered, string, string> = {
    needs: () => [],
    decide: (_rows, { message: { body: { name } } }) => {
      this.#decisions += 1;
      if (this.refuses?.name === name && this.#decisions >= (this.refuses.fromDecision ?? 0)) throw this.refuses.with;
      return { changes: [{ name }], messages: [inventory.StockReleased(ofSale)], effects: [name], answer: `${name} is coming` };
    },
  };

  pipeline(options: Partial<PipelineOptions<never, null, Ordered, string>> = {}): Pipeline<never, null, Ordered, string> {
    return new Pipeline<never, null, Ordered, string>({
      service: 'kitchen',
      logger,
      database: {
        queries: () => Promise.resolve([] as never),
        commit: (work: Sql) => {
          const step = this.steps.shift() ?? 'commits';
          if (step !== 'commits') return Promise.reject(step);
          this.commits.push(work.text);
          return Promise.resolve();
        },
      },
      bus: {
        send: (messages) => {
          this.sent.push([...messages]);
          return this.send();
        },
      },
      store: {
        load: () => ({ select: sql`SELECT 1;`, recordsets: [], toRows: () => null }),
        apply: () => {},
        write: (changes) => changes.map(() => sql`UPDATE kitchen;`),
      },
      ...options,
    });
  }

  submit(pipeline: Pipeline<never, null, Ordered, string>, name = 'soup'): Promise<string> {
    return pipeline.submit(this.order, { type: 'order', body: { name } }, { tenantId: 'acme' });
  }

  /** As a delivery from the bus. */
  receive(pipeline: Pipeline<never, null, Ordered, string>, name = 'soup'): Promise<Result> {
    return new Promise((done) => {
      pipeline.take({
        handler: this.order as unknown as Handler<Message, never, null, Ordered, string, unknown>,
        message: { type: 'order', body: { name } },
        envelope: { id: name, source: '/tests', type: 'order', time: '', tenantId: 'acme' as never },
        isFromBus: true,
        done,
      });
    });
  }
}

describe('a commit whose outcome is unknown', () => {
  it('stays unknown when the database is gone by the next attempt: nobody may say that nothing was accepted', async () => {
    const kitchen = new Kitchen();
    kitchen.steps.push(unknown, outage);
    await expect(kitchen.submit(kitchen.pipeline())).rejects.toBe(unknown);
  });

  it('stays unknown for every message of the batch', async () => {
    const kitchen = new Kitchen();
    kitchen.steps.push(unknown, unknown, unknown, outage, outage);
    const pipeline = kitchen.pipeline();
    const [soup, stew] = await Promise.allSettled([kitchen.submit(pipeline, 'soup'), kitchen.submit(pipeline, 'stew')]);
    expect([soup, stew]).toEqual([{ status: 'rejected', reason: unknown }, { status: 'rejected', reason: unknown }]);
  });

  it('stays unknown when the next attempt is refused: it may be the first that stands in its way', async () => {
    const kitchen = new Kitchen();
    kitchen.steps.push(unknown);
    kitchen.refuses = { name: 'soup', with: new Error('There is soup already.'), fromDecision: 2 };
    await expect(kitchen.submit(kitchen.pipeline())).rejects.toBe(unknown);
  });

  it('says nothing about a message that was turned away before it', async () => {
    const kitchen = new Kitchen();
    const refusal = new InvalidMessage('no-stew', 'There is no stew.');
    kitchen.refuses = { name: 'stew', with: refusal };
    kitchen.steps.push(unknown, outage, outage, outage);
    const pipeline = kitchen.pipeline();
    const [soup, stew] = await Promise.allSettled([kitchen.submit(pipeline, 'soup'), kitchen.submit(pipeline, 'stew')]);
    expect(soup).toEqual({ status: 'rejected', reason: unknown });
    expect(stew).toEqual({ status: 'rejected', reason: outage });
  });

  it('Q06 is settled by running again, and answered as usual', async () => {
    const kitchen = new Kitchen();
    const onUnknownResolved = jest.fn();
    kitchen.steps.push(unknown, unknown);
    await expect(kitchen.submit(kitchen.pipeline({ onUnknownResolved }))).resolves.toBe('soup is coming');
    expect(onUnknownResolved).toHaveBeenCalledTimes(1);
  });

  it('Q05, Q38 is found to have happened by the mark it left', async () => {
    const kitchen = new Kitchen();
    const onUnknownResolved = jest.fn();
    kitchen.steps.push(unknown, inboxConflict);
    await expect(kitchen.receive(kitchen.pipeline({ onUnknownResolved }))).resolves.toEqual({ ok: true, answer: undefined });
    expect(onUnknownResolved).toHaveBeenCalledTimes(1);
  });
});

describe('an outage', () => {
  it.each([outage, new BulkheadFull('kitchen/work', 100)])('is told to everyone at once, without another attempt: %p', async (error) => {
    const kitchen = new Kitchen();
    kitchen.steps.push(error);
    const pipeline = kitchen.pipeline();
    const ended = await Promise.allSettled([kitchen.submit(pipeline, 'soup'), kitchen.submit(pipeline, 'stew')]);
    expect(ended).toEqual([{ status: 'rejected', reason: error }, { status: 'rejected', reason: error }]);
    expect(kitchen.commits).toEqual([]);
  });
});

describe('a batch', () => {
  it('decides anew after a conflict', async () => {
    const kitchen = new Kitchen();
    kitchen.steps.push(new Conflict('version', 'shelf'), new Conflict('version', 'shelf'));
    await expect(kitchen.submit(kitchen.pipeline())).resolves.toBe('soup is coming');
    expect(kitchen.commits).toHaveLength(1);
  });

  it('Q28 that wants rows which somebody keeps is tried message by message: who wants others has them', async () => {
    const kitchen = new Kitchen();
    const taken = new RowsTaken('kitchen/work', 0);
    kitchen.steps.push(taken, taken, 'commits');
    const pipeline = kitchen.pipeline();
    const results = await Promise.all([kitchen.receive(pipeline, 'soup'), kitchen.receive(pipeline, 'stew')]);
    expect(results).toEqual([{ ok: false, error: taken }, { ok: true, answer: 'stew is coming' }]);
  });

  it('Q38 finds the one message that was handled before and handles the others', async () => {
    const kitchen = new Kitchen();
    kitchen.steps.push(inboxConflict, inboxConflict);
    const pipeline = kitchen.pipeline();
    const results = await Promise.all([kitchen.receive(pipeline, 'soup'), kitchen.receive(pipeline, 'stew')]);
    expect(results).toEqual([{ ok: true, answer: undefined }, { ok: true, answer: 'stew is coming' }]);
    expect(kitchen.commits).toHaveLength(1);
  });

  it('takes two deliveries of one message apart', async () => {
    const kitchen = new Kitchen();
    const pipeline = kitchen.pipeline();
    kitchen.steps.push('commits', inboxConflict);
    const results = await Promise.all([kitchen.receive(pipeline, 'soup'), kitchen.receive(pipeline, 'soup')]);
    expect(results).toEqual([{ ok: true, answer: 'soup is coming' }, { ok: true, answer: undefined }]);
  });

  it('is over once committed, whatever those who watch make of it', async () => {
    const kitchen = new Kitchen();
    const stumble = () => {
      throw new Error('a listener stumbled');
    };
    const pipeline = kitchen.pipeline({ onCommitted: stumble, onEffects: stumble });
    await expect(kitchen.submit(pipeline)).resolves.toBe('soup is coming');
    await expect(kitchen.submit(pipeline)).resolves.toBe('soup is coming');
    await pipeline.drained();
    expect(kitchen.commits).toHaveLength(2);
  });
});

describe('closing', () => {
  it('waits for messages that are on their way, so that the next start need not send them', async () => {
    // given
    const kitchen = new Kitchen();
    const arrival = Promise.withResolvers<void>();
    kitchen.send = () => arrival.promise;
    const pipeline = kitchen.pipeline();
    await kitchen.submit(pipeline);

    // when
    let isClosed = false;
    const closing = pipeline.close().then(() => {
      isClosed = true;
    });
    await new Promise(setImmediate);

    // then
    expect(isClosed).toBe(false);
    arrival.resolve();
    await closing;
    expect(kitchen.commits.at(-1)).toContain('DELETE FROM outbox');
  });

  it('does not wait for ever', async () => {
    const kitchen = new Kitchen();
    kitchen.send = () => new Promise(() => {});
    const pipeline = kitchen.pipeline();
    await kitchen.submit(pipeline);
    await pipeline.close(20);
    expect(kitchen.commits).toHaveLength(1);
  });
});
