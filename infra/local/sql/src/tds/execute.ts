import { outside, TsqlError } from '../engine/error.ts';
import type { Faults, Interrupted } from '../faults.ts';
import type { BatchPlan } from '../engine/compile.ts';
import { signatureOf } from '../engine/plan-cache.ts';
import { BatchRun } from '../engine/run/batch.ts';
import { runProcedure } from '../engine/run/procedure.ts';
import type { OutputParameter } from '../engine/run/replies.ts';
import type { Session } from '../engine/session.ts';
import { wait, type Waiting } from '../engine/waiting.ts';
import { parseParameters, type DeclaredParameter } from '../tsql/parse/parameters.ts';
import { isString, type as types } from '../value/sql-type.ts';
import type { Value } from '../value/value.ts';
import type { ByteReader } from './byte-reader.ts';
import { DroppedByFault } from './dropped-by-fault.ts';
import type { Handles, PreparedStatement } from './prepared-handles.ts';
import { doneStatus, packetType, ProtocolError } from './protocol.ts';
import type { Reply } from './reply.ts';
import { readRpc, type RpcParameter, type RpcRequest } from './rpc.ts';
import { writeDone } from './token/done.ts';
import { writeReturnStatus, writeReturnValue } from './token/return.ts';

export interface RequestContext {
  readonly session: Session;
  readonly reply: Reply;
  readonly handles: Handles;
  readonly faults: Faults;
}

/** What becomes of a reply: it is sent, or what a fault rule wants instead. */
export type Outcome = 'reply' | Interrupted;

/** Runs one request and completes its reply. */
export function* execute(type: number, reader: ByteReader, context: RequestContext): Waiting<Outcome> {
  const { session, faults } = context;
  session.beforeCommit = faults.isEmpty ? undefined : () => faults.beforeCommit(session.database.name);
  try {
    switch (type) {
      case packetType.sqlBatch: return yield* batch(reader.text(Math.floor(reader.remaining / 2)), context);
      case packetType.rpc: return yield* call(reader, context);
      case packetType.transactionManager: return yield* transaction(reader, context);
      default: throw new ProtocolError(`A message of type ${type} is not supported.`);
    }
  } catch (error) {
    if (error instanceof DroppedByFault) return 'drop-before';
    throw error;
  }
}

/** The states of a session that hold for the end of a batch too. */
function finish({ session, reply }: RequestContext): void {
  if (session.isDoomed) {
    reply.error(new TsqlError(3998, 'Uncommittable transaction is detected at the end of the batch. The transaction is rolled back.'));
    session.rollback(reply);
  }
}

function* batch(sql: string, context: RequestContext): Waiting<Outcome> {
  const { session, reply } = context;
  const fault = yield* faultBefore(sql, context);
  if (fault === 'drop-before' || fault === 'black-hole') return fault;
  if (fault instanceof TsqlError) refuse(fault, context);
  else {
    try {
      const plan = session.database.plans.get(sql, '', []);
      yield* new BatchRun(session, reply, emptyFrame(plan)).run(plan);
    } catch (error) {
      if (!(error instanceof TsqlError)) throw error;
      reply.error(error);
    }
    finish(context);
  }
  writeDone(reply.writer, 'done', (reply.hasError ? doneStatus.error : 0) | (session.depth > 0 ? doneStatus.inTransaction : 0));
  return fault === undefined || fault instanceof TsqlError ? 'reply' : fault;
}

function* faultBefore(sql: string, { faults, session }: RequestContext): Waiting<TsqlError | Interrupted | undefined> {
  return faults.isEmpty ? undefined : yield* wait(faults.before(sql, session.database.name));
}

/** Every variable of a batch is NULL until it is told otherwise. */
function emptyFrame({ variables }: BatchPlan): Value[] {
  const frame: Value[] = [];
  for (let i = 0; i < variables.size; i += 1) frame.push(null);
  return frame;
}

/** An injected error: it rolls back what the server would, and ends the batch. */
function refuse(error: TsqlError, { session, reply }: RequestContext): void {
  if (session.depth > 0 && error.effect === 'rollback') session.rollback(reply);
  reply.error(error);
}

function* call(reader: ByteReader, context: RequestContext): Waiting<Outcome> {
  const { session, reply } = context;
  let request: RpcRequest;
  try {
    request = readRpc(reader);
  } catch (error) {
    // A type outside the subset cannot be skipped, so the request ends here; the connection is fine.
    if (!(error instanceof TsqlError)) throw error;
    reply.error(error);
    writeDone(reply.writer, 'doneProc', doneStatus.error);
    return 'reply';
  }
  const outputs: { name: string; type: RpcParameter['type']; value: Value }[] = [];
  let status = 0;
  let fault: TsqlError | Interrupted | undefined;
  try {
    const statement = statementOf(request, context);
    if (statement) {
      if (request.procedure === 'sp_prepexec' || request.procedure === 'sp_prepare') outputs.push(handleOutput(statement, context.handles, request));
      if (request.procedure !== 'sp_prepare') {
        fault = yield* faultBefore(statement.sql, context);
        if (fault === 'drop-before' || fault === 'black-hole') return fault;
        if (fault instanceof TsqlError) refuse(fault, context);
        else outputs.push(...yield* runStatement(statement, request, context));
      }
    } else if (request.procedure !== 'sp_unprepare') {
      status = yield* runProcedure(request.procedure, request.parameters.map(({ name, value }) => ({ name: name === '' ? undefined : name, value })), session);
    }
  } catch (error) {
    if (!(error instanceof TsqlError)) throw error;
    reply.error(error);
  }
  finish(context);
  writeReturnStatus(reply.writer, status);
  for (const [i, { name, type, value }] of outputs.entries()) writeReturnValue(reply.writer, i, name, type, value);
  writeDone(reply.writer, 'doneProc', (reply.hasError ? doneStatus.error : 0) | (session.depth > 0 ? doneStatus.inTransaction : 0));
  return fault === undefined || fault instanceof TsqlError ? 'reply' : fault;
}

/** The statement a call carries or names; undefined for procedures without one. */
function statementOf({ procedure, parameters }: RpcRequest, { handles }: RequestContext): PreparedStatement | undefined {
  const text = (index: number) => String(parameters[index]?.value ?? '');
  switch (procedure) {
    case 'sp_executesql': return { sql: text(0), parameters: parseParameters(text(1)) };
    // Parameters: the handle, the declaration, the statement.
    case 'sp_prepare': case 'sp_prepexec': return { sql: text(2), parameters: parseParameters(text(1)) };
    case 'sp_execute': {
      const handle = Number(parameters[0]?.value);
      const known = handles.statements.get(handle);
      if (!known) throw new TsqlError(8179, `Could not find prepared statement with handle ${handle}.`, { state: 2 });
      return known;
    }
    case 'sp_unprepare': handles.statements.delete(Number(parameters[0]?.value)); return undefined;
    default: return undefined;
  }
}

function handleOutput(statement: PreparedStatement, handles: Handles, { parameters }: RpcRequest) {
  const handle = handles.next;
  handles.next += 1;
  handles.statements.set(handle, statement);
  return { name: parameters[0]?.name || '@handle', type: types.int, value: handle };
}

const before: Readonly<Record<string, number>> = { sp_executesql: 2, sp_execute: 1, sp_prepexec: 3 };

function* runStatement(statement: PreparedStatement, { procedure, parameters }: RpcRequest, { session, reply }: RequestContext): Waiting<readonly OutputParameter[]> {
  const declared = statement.parameters;
  const plan = session.database.plans.get(statement.sql, signatureOf(declared), declared);
  const given = parameters.slice(before[procedure] ?? 0);
  const frame = emptyFrame(plan);
  for (const [i, parameter] of given.entries()) {
    const slot = slotOf(parameter, i, declared);
    const declaration = declared[slot];
    if (!declaration) throw new TsqlError(8144, `Procedure or function has too many arguments specified (${parameter.name}).`, { effect: 'batch' });
    frame[slot] = fit(parameter, declaration);
  }
  const missing = declared.find(({ name }, i) => i >= given.length && !given.some((parameter) => parameter.name === name));
  if (missing) throw new TsqlError(8178, `The parameterized query expects the parameter '${missing.name}', which was not supplied.`, { effect: 'batch' });
  // SET options made inside a call end with it; the connection keeps what batches have set.
  const settings = { ...session.settings };
  const depth = session.depth;
  let isWhole: boolean;
  try {
    isWhole = yield* new BatchRun(session, reply, frame).run(plan);
  } finally {
    session.settings = settings;
  }
  if (isWhole && session.depth !== depth) {
    reply.error(new TsqlError(266, `Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT statements. Previous count = ${depth}, current count = ${session.depth}.`, { state: 2 }));
  }
  if (!given.some(({ isOutput }) => isOutput)) return [];
  return declared.flatMap(({ name, type }, i) => (given.some((parameter) => parameter.isOutput && (parameter.name === name || parameter.name === '')) && given[i]?.isOutput ? [{ name, type, value: frame[i] ?? null }] : []));
}

/** Most often a parameter comes in its declared place. */
function slotOf({ name }: RpcParameter, place: number, declared: readonly DeclaredParameter[]): number {
  if (name === '' || declared[place]?.name === name) return place;
  return declared.findIndex((candidate) => `@${candidate.name}` === name || candidate.name === name);
}

/** Text longer than its declared parameter is cut without a word, as the server does. */
function fit({ value }: RpcParameter, { type }: DeclaredParameter): Value {
  return typeof value === 'string' && isString(type) && value.length > type.length ? value.slice(0, type.length) : value;
}

const operation = { begin: 5, commit: 7, rollback: 8, save: 9 } as const;
const levels: Readonly<Record<number, string>> = { 1: 'READ UNCOMMITTED', 2: 'READ COMMITTED', 3: 'REPEATABLE READ', 4: 'SERIALIZABLE', 5: 'SNAPSHOT' };

/** Transaction manager requests, [MS-TDS] 2.2.6.9. */
function* transaction(reader: ByteReader, context: RequestContext): Waiting<Outcome> {
  const { session, reply } = context;
  const kind = reader.u16();
  try {
    switch (kind) {
      case operation.begin: {
        const level = levels[reader.u8()];
        if (level === 'SNAPSHOT' || level === 'READ UNCOMMITTED') throw outside(`The isolation level ${level}`);
        if (level) session.settings.isolation = level;
        session.begin(reply);
        break;
      }
      case operation.commit: yield* session.commit(reply); break;
      case operation.rollback: session.rollback(reply, name(reader) || undefined); break;
      case operation.save: yield* session.save(name(reader)); break;
      default: throw new ProtocolError(`The transaction request ${kind} is not supported.`);
    }
  } catch (error) {
    if (!(error instanceof TsqlError)) throw error;
    if (error.effect === 'rollback' && session.depth > 0) session.rollback(reply);
    reply.error(error);
  }
  writeDone(reply.writer, 'done', (reply.hasError ? doneStatus.error : 0) | (session.depth > 0 ? doneStatus.inTransaction : 0));
  return 'reply';
}

/** A name of so many bytes. */
const name = (reader: ByteReader) => {
  const bytes = reader.u8();
  return reader.bytes(bytes).toString('utf16le');
};
