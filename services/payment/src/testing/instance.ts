import { uuidv7, type SaleId } from '@checkout/kernel';
import type { Envelope, Message } from '@checkout/contracts';
import { Pipeline, type Handler, type Outbound, type Result } from '@checkout/messaging';
import { createLogger } from '@checkout/observability';
import type { PipelineParts } from '@checkout/service';
import { Database, type Sql } from '@checkout/sql';
import { booksDiffer } from '../application/books-differ.ts';
import type { Change, Effect, Need, Payments } from '../application/ports.ts';
import { Reconcile } from '../application/reconcile.ts';
import { HttpProvider } from '../gateway/http-provider.ts';
import { assemblePayment } from '../payment.module.ts';
import { SqlBooks } from '../store/sql-books.ts';

export interface InstanceOptions {
  readonly connectionString: string;
  readonly providerUrl: string;
  /** Takes away what it would ask the provider, as a crash after the commit does. */
  readonly isDeaf?: boolean;
  readonly webhookSecrets?: readonly string[];
  /** Stands around each commit, which it is told the number of: 1 is the first. */
  readonly aroundCommit?: (number: number, commit: () => Promise<void>) => Promise<void>;
  /** In place of the bus, which is a list. */
  readonly insteadOfSend?: () => Promise<void>;
}

type AnyHandler = Handler<Message, Need, Payments, Change, Effect>;

/** One process's worth of payment, as it runs: only the bus is a list. */
export function instance({ connectionString, providerUrl, isDeaf = false, webhookSecrets = [], aroundCommit, insteadOfSend }: InstanceOptions) {
  const logger = createLogger({ service: 'payment', level: 'silent' });
  const database = Database.open({ connectionString, name: 'payment' });
  let commits = 0;
  const watched: Pick<Database, 'queries' | 'commit'> = {
    queries: (rows, statement) => database.queries(rows, statement),
    commit: (work: Sql) => (aroundCommit ? aroundCommit((commits += 1), () => database.commit(work)) : database.commit(work)),
  };
  const sent: Outbound[] = [];
  let made: Pipeline<Need, Payments, Change, Effect> | undefined;
  const { module, background = [] } = assemblePayment({
    environment: { PROVIDER_URL: providerUrl, PROVIDER_WEBHOOK_SECRETS: webhookSecrets, PROVIDER_MODE: 'test' } as Parameters<typeof assemblePayment>[0]['environment'],
    logger,
    database,
    reads: database,
    express: () => { throw new Error('not used here'); },
    pipeline: <N, R, C, E = never>(parts: PipelineParts<N, R, C, E>) => {
      const bus = { send: (messages: readonly Outbound[]) => insteadOfSend?.() ?? Promise.resolve(void sent.push(...messages)) };
      const onEffects = (effects: readonly E[]) => {
        if (!isDeaf) parts.onEffects?.(effects);
      };
      const pipeline = new Pipeline<N, R, C, E>({ ...parts, service: 'payment', database: watched, logger, bus, onEffects });
      made = pipeline as unknown as typeof made;
      return pipeline;
    },
  });
  const pipeline = made;
  if (!pipeline) throw new Error('payment has built no pipeline');

  return {
    database,
    module,
    logger,
    start: () => background.forEach((each) => each.start()),
    /** As the bus delivers it. */
    deliver: (handler: unknown, message: Message & { body: { tenantId: string } }, id = uuidv7()) =>
      new Promise<Result>((done) => {
        const envelope = { id, source: '/services/orchestrator', type: message.type, time: '', tenantId: message.body.tenantId, ...ofSale(message.body) } as Envelope;
        pipeline.take({ handler: handler as AnyHandler, message, envelope, isFromBus: true, done });
      }),
    repliesTo: (saleId: SaleId) => sent.filter(({ envelope }) => envelope.saleId === saleId).map(({ bodyJson, envelope: { id, type } }) => ({ id, type, body: JSON.parse(bodyJson) as Record<string, unknown> })),
    /** Compares the books now, also what moved only just. */
    async reconcile() {
      await using provider = new HttpProvider(providerUrl);
      return await new Reconcile(provider.ledger, new SqlBooks(database), { booksDiffer: (message) => pipeline.submit(booksDiffer, message, { tenantId: message.body.tenantId, saleId: message.body.saleId }) }, Date.now, 0).run();
    },
    async stop() {
      await Promise.all(background.map((each) => each.stop()));
      await pipeline.close();
      await database.close();
    },
  };
}

const ofSale = (body: object) => ('saleId' in body ? { saleId: body.saleId } : {});
