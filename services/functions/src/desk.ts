import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { TokenVerifier } from '@checkout/auth/plain';
import { topology } from '@checkout/contracts';
import { seconds } from '@checkout/kernel';
import { connectServiceBus } from '@checkout/messaging/plain';
import { createLogger, type Logger } from '@checkout/observability';
import { Database } from '@checkout/sql';
import { DirectPlan } from './application/direct-plan.ts';
import { DryRun } from './application/dry-run.ts';
import { IndexDeadLetters } from './application/index-dead-letters.ts';
import { MakePlan } from './application/make-plan.ts';
import { RestoreDiscarded } from './application/restore.ts';
import { RunPlan } from './application/run-plan.ts';
import { WorkPlans } from './application/work-plans.ts';
import type { DeskEnvironment } from './config.ts';
import { HttpPredictor } from './gateway/http-predictor.ts';
import { OperationsAlerts } from './gateway/operations-alerts.ts';
import { ServiceBusQueues } from './gateway/service-bus-queues.ts';
import { SqlArchive } from './store/sql-archive.ts';
import { SqlAudit } from './store/sql-audit.ts';
import { SqlGroups } from './store/sql-groups.ts';
import { SqlIndex } from './store/sql-index.ts';
import { SqlPlans } from './store/sql-plans.ts';
import { SqlReports } from './store/sql-reports.ts';

/**
 * The SDK's own would try for six minutes, longer than a function may run. Whoever calls a function calls it again, so one more try is enough.
 * A fixed delay, because the SDK takes its exponential mode for none.
 */
const retryOptions = { maxRetries: 1, retryDelayInMs: seconds(1), timeoutInMs: seconds(10) };

/** Every dead-letter queue there is. */
const queues = topology.flatMap(({ name, subscriptions }) => subscriptions.map((subscription) => ({ topic: name, subscription: subscription.name })));

/** Who gets what: the desk as one process holds it, shared by all of its functions. */
export function assembleDesk(environment: DeskEnvironment) {
  const logger: Logger = createLogger({ service: 'functions', level: environment.LOG_LEVEL });
  const database = Database.open({ connectionString: environment.SQL_CONNECTION, name: 'operations', logger });
  const client = connectServiceBus(environment.SERVICE_BUS_CONNECTION, { retryOptions });
  const deadLetters = new ServiceBusQueues(client, queues);
  const now = (): Date => new Date();
  const audit = new SqlAudit(database);
  const index = new SqlIndex(database);
  const groups = new SqlGroups(database);
  const plans = new SqlPlans(database, audit);
  const reports = new SqlReports(database);
  const archive = new SqlArchive(database);
  const predictor = new HttpPredictor({
    cart: environment.CART_URL, orchestrator: environment.ORCHESTRATOR_URL, inventory: environment.INVENTORY_URL, payment: environment.PAYMENT_URL, receipt: environment.RECEIPT_URL,
  });
  return {
    logger,
    verifier: new TokenVerifier({ issuer: environment.AUTH_ISSUER, audience: environment.AUTH_AUDIENCE, jwksUrl: environment.AUTH_JWKS_URL }),
    index, groups, plans, reports, audit,
    indexing: new IndexDeadLetters(deadLetters, index, groups, new OperationsAlerts(client, logger)),
    makePlan: new MakePlan(deadLetters, index, plans, now, randomUUID),
    directPlan: new DirectPlan(plans, reports, now),
    dryRun: new DryRun(deadLetters, plans, predictor, now),
    restore: new RestoreDiscarded(archive, deadLetters, audit, now),
    workPlans: new WorkPlans(plans, new RunPlan({ queues: deadLetters, plans, reports, archive, now, pause: (ms) => sleep(ms) }), randomUUID()),
    async close(): Promise<void> {
      await Promise.all([client.close(), database.close()]);
    },
  };
}

export type Desk = ReturnType<typeof assembleDesk>;
