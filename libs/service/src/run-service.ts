import { TokenVerifier } from '@checkout/auth';
import { createHttpApp } from '@checkout/http';
import { Bus, ExpressSender, messagingMigrations, Operations, Pipeline, ServiceBusServer, Sweeper, type Store } from '@checkout/messaging';
import { collectProcessMetrics, createLogger, exitOnCrash, Health, Shutdown, startTelemetry, type Logger } from '@checkout/observability';
import { Pace, ReplaySpeed, type Breaker } from '@checkout/resilience';
import { Database, type Lane } from '@checkout/sql';
import type { DynamicModule } from '@nestjs/common';
import type { z } from 'zod';
import { BreakerBoard } from './breaker-board.ts';
import { showBreakers, showDatabases } from './breaker-metrics.ts';
import { logLevel, PlatformEnvironment, readEnvironment, telemetryOf } from './environment.ts';
import { BREAKERS, OperatorController, withOperatorRoutes } from './operator.controller.ts';
import { SchemaGate } from './schema-gate.ts';
import { asReceived, PREDICTIONS, PredictionsController, type DeadMessage } from './predictions.controller.ts';
import { SlowWatch } from './slow-watch.ts';

/** What a service gets to build itself from. */
export interface Platform<Environment> {
  readonly environment: Environment;
  readonly logger: Logger;
  /** For units of work. */
  readonly database: Database;
  /** For queries of tills and people: a lane of its own, so that a slow report never takes a sale's place. */
  readonly reads: Database;
  /** Sends to a topic while somebody waits; closed with the service. */
  readonly express: (topic: string) => ExpressSender;
  /** Those who run it; a test of one service's parts has none. */
  readonly operators?: Operators;
  /** A pipeline over the service's store. The first that is made handles the service's messages. */
  readonly pipeline: <Need, Rows, Change, Effect = never>(parts: PipelineParts<Need, Rows, Change, Effect>) => Pipeline<Need, Rows, Change, Effect>;
}

export interface Operators {
  /** A breaker that a service has made for itself: operators see and hold it as they do those of the databases. */
  readonly watch: (breaker: Breaker) => void;
  /** Tells them what happens to the machinery; never throws, nobody waits for it. */
  readonly operations: Operations;
}

export interface PipelineParts<Need, Rows, Change, Effect> {
  readonly store: Store<Need, Rows, Change>;
  /** `work` unless said otherwise: where people wait for the commit, `accept` has shorter deadlines and a breaker of its own. */
  readonly lane?: Lane;
  readonly onEffects?: (effects: readonly Effect[]) => void;
  readonly onCommitted?: (changes: readonly Change[]) => void;
}

/** What a service hands back: its controllers, and what else of its own runs. */
export interface Assembled {
  readonly module: DynamicModule;
  readonly openapi: object;
  /** Sweepers and the like: started once messages flow, stopped before anything else. */
  readonly background?: readonly { start(): void; stop(): Promise<void> | void }[];
  /** How long a request may take; for routes that hold one open on purpose. */
  readonly handlerMs?: number;
  /** Whose pages may call it from a browser. None by default. */
  readonly tillOrigins?: readonly string[];
}

class ServiceModule {}

/**
 * One service as a process: reads its environment, assembles it, serves HTTP, receives messages, and ends in order on SIGTERM
 * (take no new work, finish, flush, close). It does no work on a database that is older than its code.
 *
 * @param migrations the folder of the service's own numbered `.sql` files: what its code needs the database to have had.
 */
export async function runService<Schema extends z.ZodObject & z.ZodType<PlatformEnvironment>>(
  name: string,
  schema: Schema,
  assemble: (platform: Platform<z.output<Schema>>) => Assembled,
  migrations: string,
): Promise<void> {
  const logger = createLogger({ service: name, level: logLevel(process.env) });
  exitOnCrash(logger);
  const environment = readEnvironment(schema, process.env, (message) => logger.warn(message));
  collectProcessMetrics();
  const telemetry = await startTelemetry(telemetryOf(name, environment));

  const connectionString = environment.SQL_CONNECTION;
  const bus = new Bus(environment.SERVICE_BUS_CONNECTION, { logger });
  const operations = new Operations({ service: name, bus, logger });
  const breakers = new BreakerBoard(operations, logger);
  const metrics = showBreakers(() => breakers.breakers);
  const slowWatch = new SlowWatch(() => breakers.breakers, operations);
  const watch = (breaker: Breaker): void => {
    breakers.add(breaker);
    metrics.watch(breaker);
  };
  const lanes = new Map<Lane, Database>();
  showDatabases(() => lanes.values());
  const lane = (wanted: Lane): Database => {
    const existing = lanes.get(wanted);
    if (existing) return existing;
    const database = Database.open({
      connectionString, name, lane: wanted, logger,
      onCommitUnknown: (cause) => operations.outcomeUnknown('commit', `${name}/${wanted}`, cause),
    });
    lanes.set(wanted, database);
    watch(database.breaker);
    database.onTransition(({ to, kind, cause }) => {
      // What one lane has found well is worth a question of the others.
      if (to === 'ramping') for (const other of lanes.values()) other.breaker.probeSoon();
      // A server that has too much to do is asked for no reports, whichever lane it tells so.
      if (to === 'open' && kind === 'throttled' && wanted !== 'read') lanes.get('read')?.breaker.open(cause);
    });
    return database;
  };
  const expresses: ExpressSender[] = [];
  const express = (topic: string): ExpressSender => {
    const made = new ExpressSender({
      connectionString: environment.SERVICE_BUS_CONNECTION,
      topic,
      onSendUnknown: ({ cause }) => operations.outcomeUnknown('send', topic, cause),
      onTransition: ({ cause, ...change }) => logger[change.to === 'open' ? 'error' : 'info']({ ...change, ...(cause !== undefined && { err: cause }) }, 'breaker changed'),
    });
    expresses.push(made);
    watch(made.breaker);
    return made;
  };
  /** Tills wait in the accept lane where there is one: the others give way while it is slow, or out. */
  const isTillsTurn = (): boolean => {
    const accept = lanes.get('accept')?.breaker;
    return accept !== undefined && (accept.isSluggish || accept.state === 'open');
  };
  const built: { readonly pipeline: Pipeline<never, never, never>; readonly database: Database }[] = [];
  const pipeline: Platform<z.output<Schema>>['pipeline'] = ({ lane: wanted = 'work', ...parts }) => {
    const database = lane(wanted);
    const pace = new Pace({ isOthersTurn: isTillsTurn });
    database.onTransition(({ to }) => {
      if (to === 'ramping') pace.startSlowly();
    });
    const onUnknownResolved = (afterMs: number): void => operations.outcomeResolved('commit', database.name, 'done', afterMs);
    const made = new Pipeline({ service: name, database, bus, logger, pace, onUnknownResolved, ...parts });
    built.push({ pipeline: made as unknown as Pipeline<never, never, never>, database });
    return made;
  };

  const { module, openapi, background = [], handlerMs, tillOrigins } = assemble({ environment, logger, database: lane('work'), reads: lane('read'), express, pipeline, operators: { watch, operations } });
  const [first] = built;
  if (!first) throw new Error(`${name} has not built its pipeline`);
  const { database } = first;

  const health = new Health(name);
  const verifier = new TokenVerifier({ issuer: environment.AUTH_ISSUER, audience: environment.AUTH_AUDIENCE, jwksUrl: environment.AUTH_JWKS_URL });
  const replaySpeed = new ReplaySpeed({ isStrained: () => isTillsTurn() || database.breaker.isSluggish });
  const sweeper = new Sweeper({ database: lane('work'), bus, pipeline: first.pipeline, logger, replaySpeed });
  const server = new ServiceBusServer({ bus, pipeline: first.pipeline, sweeper, subscription: name, logger, operations, replaySpeed, untilAvailable: () => database.whenClosed() });
  const withOperators: DynamicModule = {
    module: ServiceModule,
    imports: [module],
    controllers: [OperatorController, PredictionsController],
    providers: [{ provide: BREAKERS, useValue: breakers }, { provide: PREDICTIONS, useValue: { predict: (messages: readonly DeadMessage[]) => server.predict(messages.map(asReceived)) } }],
  };
  const app = await createHttpApp(withOperators, {
    logger, health, verifier, openapi: withOperatorRoutes(openapi), hosts: environment.ALLOWED_HOSTS, origins: tillOrigins, ...(handlerMs !== undefined && { timeouts: { handlerMs } }),
    rateLimit: { perSecond: environment.RATE_LIMIT_PER_SECOND, burst: environment.RATE_LIMIT_PER_SECOND * 10 },
  });
  app.nest.connectMicroservice({ strategy: server });

  const schemaGate = new SchemaGate({ service: name, database: lane('work'), folders: [messagingMigrations, migrations], logger });
  health.ready('schema', () => schemaGate.check());
  // An open breaker alone never makes a process unready: taking all instances out at once would turn an outage into a longer one.
  health.ready('breakers', () => ({ ok: true, detail: breakers.list() }));
  health.live('bus', () => ({ ok: !server.isStuck }));
  health.ready('bus', () => ({ ok: true, detail: { pausedSubscriptions: server.pausedCount, heartbeatAgeMs: Math.round(bus.heartbeatAgeMs) } }));

  new Shutdown({ logger })
    .on('stop-receiving', 'schema', () => schemaGate.close())
    .on('stop-receiving', 'background', () => Promise.all(background.map((each) => each.stop())))
    .on('stop-receiving', 'http', () => health.drain())
    .on('finish', 'messages', () => server.close())
    .on('finish', 'http', () => app.close())
    // Only now: requests that were still open have submitted what they had.
    .on('flush', 'local inputs', () => Promise.all(built.map((each) => each.pipeline.close())))
    .on('flush', 'operations', () => {
      slowWatch.stop();
      return operations.close();
    })
    .on('close', 'telemetry', () => telemetry?.close())
    .on('close', 'sql', () => Promise.all([...lanes.values()].map((each) => each.close())))
    .on('close', 'bus', () => Promise.all([bus.close(), ...expresses.map((each) => each.close())]))
    .listen();

  const work = async (): Promise<void> => {
    await app.nest.startAllMicroservices();
    for (const each of background) each.start();
  };
  const { kind } = await schemaGate.ask();
  if (kind === 'current') await work();
  slowWatch.start();
  for (const each of expresses) void each.warm();
  const port = await app.listen(environment.PORT);
  health.markStarted();
  logger.info({ port }, 'ready');
  if (kind !== 'current' && (await schemaGate.untilCurrent())) await work();
}
