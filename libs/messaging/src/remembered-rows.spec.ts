import type { Message } from '@checkout/contracts';
import { createLogger } from '@checkout/observability';
import { Conflict, sql } from '@checkout/sql';
import type { Handler } from './handler.ts';
import { Pipeline } from './pipeline.ts';

/** A sale that waits for a step; another instance may have moved it on since this one last wrote it. */
type Reply = Message<'reply', { readonly to: string }>;
interface Sale { readonly awaiting: string }

const reply: Handler<Reply, null, { sale: Sale }, Sale, never, string> = {
  needs: () => [null],
  decide: ({ sale }, { message: { body } }) => (sale.awaiting === body.to ? { changes: [{ awaiting: 'nothing' }], answer: 'moved on' } : { answer: 'ignored' }),
};

/** The table holds one state of the sale, the store's memory may hold another. */
function pipelineWith({ table, memory, commits = [] }: { table: Sale; memory: Sale; commits?: Error[] }) {
  let remembered: Sale | undefined = memory;
  const loads: string[] = [];
  const written: Sale[] = [];
  const pipeline = new Pipeline<null, { sale: Sale }, Sale>({
    service: 'tests',
    logger: createLogger({ service: 'tests', level: 'silent' }),
    bus: { send: () => Promise.resolve() },
    database: {
      queries: () => Promise.resolve([] as never),
      commit: () => {
        const failure = commits.shift();
        return failure ? Promise.reject(failure) : Promise.resolve();
      },
    },
    store: {
      load: () => {
        loads.push(remembered ? 'memory' : 'table');
        const sale = remembered ?? table;
        return { select: sql`SELECT 1;`, recordsets: [], isFromMemory: remembered !== undefined, toRows: () => ({ sale }) };
      },
      apply: (rows, sale) => void (rows.sale = sale),
      write: (changes) => {
        written.push(...changes);
        return changes.map(() => sql`UPDATE sale;`);
      },
      forgetAll: () => {
        remembered = undefined;
      },
    },
  });
  const submit = (to: string) => pipeline.submit(reply, { type: 'reply', body: { to } }, { tenantId: 'acme' });
  return { submit, loads, written };
}

describe('a sale that is remembered as it was last written here', () => {
  it('is not read again when the message moves it on', async () => {
    const { submit, loads } = pipelineWith({ table: { awaiting: 'stock' }, memory: { awaiting: 'stock' } });
    expect(await submit('stock')).toBe('moved on');
    expect(loads).toEqual(['memory']);
  });

  it('is read before a reply is ignored, because another instance may have moved it on to just that reply', async () => {
    const { submit, loads, written } = pipelineWith({ table: { awaiting: 'payment' }, memory: { awaiting: 'stock' } });
    expect(await submit('payment')).toBe('moved on');
    expect(loads).toEqual(['memory', 'table']);
    expect(written).toHaveLength(1);
  });

  it('is forgotten and read when its version shows that another instance has written it', async () => {
    const { submit, loads } = pipelineWith({ table: { awaiting: 'payment' }, memory: { awaiting: 'stock' }, commits: [new Conflict('version', 'sale')] });
    expect(await submit('stock')).toBe('ignored');
    expect(loads).toEqual(['memory', 'table']);
  });
});
