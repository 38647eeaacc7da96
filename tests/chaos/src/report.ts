import { invariants } from './check/check.ts';
import { overtakenIn } from './check/order.ts';
import { groupBy, type Violation } from './check/violation.ts';
import { acceptanceBetween, breakerTimes, spreadOf, submissions, type Spread } from './figures.ts';
import { tell } from './plan/plan.ts';
import type { RunResult } from './run.ts';
import { isAccepted, mayExist } from './till/history.ts';

/** What the run was, as data: for machines, and to be run again with `--plan`. */
export function reportOf(result: RunResult) {
  const { plan, executed, verdict, snapshot, rest, replayed, workloadMs } = result;
  const { commands } = snapshot;
  const accepted = commands.filter(isAccepted);
  const unknown = commands.filter((command) => !isAccepted(command) && mayExist(command));
  const rows = new Set(snapshot.cart.checkouts.map(({ tenant_id, command_id }) => `${tenant_id}/${command_id}`));
  const exists = unknown.filter(({ tenantId, commandId }) => rows.has(`${tenantId}/${commandId}`));
  const states = countBy(snapshot.cart.checkouts.map(({ state }) => state));
  const fired = executed.filter((each) => each.fired);
  const repeats = snapshot.events.length - new Set(snapshot.events.map(({ messageId }) => messageId)).size;
  const times = breakerTimes(executed, snapshot.breakerEvents);
  const [first] = commands.flatMap(({ attempts }) => attempts.map(({ at }) => at)).toSorted((a, b) => a - b);
  return {
    seed: plan.seed,
    workload: {
      seconds: Math.round(workloadMs / 100) / 10, commands: commands.length, ok: accepted.length, unknown: unknown.length, unknownWithSale: exists.length,
      notAccepted: commands.filter((command) => !mayExist(command)).length, requests: commands.reduce((sum, { attempts }) => sum + attempts.length, 0),
      manners: countBy(commands.map(({ sale }) => sale.manner)), routes: countBy(commands.map(({ sale }) => sale.route)),
    },
    refunds: refundsOf(snapshot),
    terminal: { ...states, needsAttention: snapshot.orchestrator.sagas.filter(({ needs_attention }) => needs_attention !== null).length },
    faults: { planned: plan.faults.length, executed: executed.length, fired: fired.length, byKind: countBy(fired.map(({ fault }) => nameOf(fault))) },
    problems: countBy(commands.flatMap(({ attempts }) => attempts.flatMap(({ code }) => code ?? []))),
    breakers: { told: snapshot.breakerEvents.length, times, toOpenMs: spreadOf(times.flatMap(({ toOpenMs }) => toOpenMs ?? [])), toCloseMs: spreadOf(times.flatMap(({ toCloseMs }) => toCloseMs ?? [])) },
    unknowns: countBy(snapshot.operations.flatMap(({ type, told }) => unknownOf(type, told))),
    bus: { events: snapshot.events.length, repeatedDeliveries: repeats, overtaken: overtakenIn(snapshot.events), deadLetters: snapshot.deadLetters.length, planted: snapshot.deadLetters.filter(({ isPlanted }) => isPlanted).length, replayed },
    accept: { latencyMs: spreadOf(submissions(commands).filter(({ type }) => type === 'ok').map(({ tookMs }) => tookMs)), whileTheCustomerWaits: acceptanceBetween(commands, first ?? 0, Infinity) },
    liveness: { isQuiet: rest.isQuiet, quietAfterMs: rest.tookMs, backlog: rest.backlog },
    verdict,
    plan,
    executed: executed.map(({ fault, startedAt, endedAt, fired: hasFired }) => ({ id: fault.id, startedAt, endedAt, fired: hasFired })),
  };
}

/** For people. */
export function textOf(result: RunResult): string {
  const report = reportOf(result);
  const { workload, terminal, faults, breakers, bus, accept, liveness, verdict } = report;
  const sale = (violation: Violation | undefined) => (violation?.saleId === undefined ? [] : ['', ...timelineOf(result, violation.saleId)]);
  return [
    `chaos seed=${report.seed}`,
    row('workload', `commands ${workload.commands}  ok ${workload.ok}  unknown ${workload.unknown} (sale ${workload.unknownWithSale}, none ${workload.unknown - workload.unknownWithSale})  not_accepted ${workload.notAccepted}  requests ${workload.requests}  in ${workload.seconds} s`),
    row('', `${counts(workload.manners)}  routes ${counts(workload.routes)}`),
    row('terminal', counts(terminal)),
    row('refunds', counts(report.refunds)),
    row('faults', `planned ${faults.planned}  executed ${faults.executed}  fired ${faults.fired}  ${counts(faults.byKind)}`),
    row('problems', counts(report.problems) || 'none'),
    row('breakers', `told ${breakers.told}  time-to-open ${span(breakers.toOpenMs)}  time-to-close ${span(breakers.toCloseMs)}`),
    row('unknowns', counts(report.unknowns) || 'none told'),
    row('bus', `events ${bus.events}  repeated deliveries ${bus.repeatedDeliveries}  overtaken ${bus.overtaken}  dead letters ${bus.deadLetters} (planted ${bus.planted})  replayed ${bus.replayed}`),
    row('accept', `p50 ${accept.latencyMs.p50}  p99 ${accept.latencyMs.p99} ms  while the customer waits ${percent(accept.whileTheCustomerWaits.share)} of ${accept.whileTheCustomerWaits.sales}`),
    row('liveness', liveness.isQuiet ? `quiet ${Math.round(liveness.quietAfterMs / 100) / 10} s after healing` : `STUCK: ${JSON.stringify(liveness.backlog)}`),
    ...verdict.notCovered.map(({ invariant, why }) => row('not covered', `${invariant}: ${why}`)),
    ...invariants.flatMap(({ id, partly }) => (partly === undefined || verdict.notCovered.some(({ invariant }) => invariant === id) ? [] : [row('partly', `${id}: ${partly}`)])),
    row('invariants', verdict.violations.length === 0
      ? `${verdict.passed.join(' ')} PASS (${workload.commands} commands, ${result.snapshot.receipt.receipts.length} receipts, ${result.snapshot.provider.length} movements of money)`
      : `${verdict.violations.length} VIOLATIONS of ${[...new Set(verdict.violations.map(({ invariant }) => invariant))].join(', ')}`),
    ...worst(verdict.violations).map((violation) => row(violation.invariant, violation.what)),
    ...sale(verdict.violations.find(({ saleId }) => saleId !== undefined)),
    ...(verdict.violations.length > 0 || !liveness.isQuiet ? ['', 'What happened:', ...result.executed.map(({ fault, fired }) => `  ${tell(fault)}${fired ? '' : ' (hit nothing)'}`), '', 'Last lines:', ...result.lastLines.split('\n').slice(-15).map((line) => line.slice(0, 240))] : []),
  ].join('\n');
}

const row = (name: string, text: string): string => `${name.padEnd(12)} ${text}`;
const counts = (of: Readonly<Record<string, number>>): string => Object.entries(of).map(([name, count]) => `${name} ${count}`).join('  ');
const span = ({ count, p50, max }: Spread): string => (count === 0 ? 'not measured' : `p50 ${p50} ms max ${max} ms (${count})`);
const percent = (share: number): string => `${(share * 100).toFixed(share === 1 ? 0 : 2)} %`;
const countBy = (names: readonly string[]): Record<string, number> => Object.fromEntries([...groupBy(names, (name) => name)].map(([name, group]) => [name, group.length]));

function nameOf(fault: RunResult['plan']['faults'][number]): string {
  if (fault.kind === 'sql-outage') return `sql-${fault.outage}`;
  if (fault.kind === 'provider-strike') return `provider-${fault.strike}`;
  if (fault.kind === 'sql-strike' || fault.kind === 'bus-strike') return fault.strike;
  return fault.kind;
}

/** What came back. `several`: of so many sales by more than one refund. */
function refundsOf({ receipt: { refunds } }: RunResult['snapshot']): Record<string, number> {
  const perSale = [...groupBy(refunds, ({ sale_id }) => sale_id).values()];
  return { ...countBy(refunds.map(({ state }) => state)), sales: perSale.length, several: perSale.filter((own) => own.length > 1).length };
}

/** Outcomes that nobody knew, and what was found out, as the services told the operators. */
function unknownOf(type: string, { kind, outcome }: Readonly<Record<string, unknown>>): string[] {
  if (type.startsWith('operations.outcome-unknown')) return [String(kind)];
  return type.startsWith('operations.outcome-resolved') ? [`${String(kind)} -> ${String(outcome)}`] : [];
}

/** Some of each invariant; a hundred lines of the same say no more than three. */
const worst = (violations: readonly Violation[]): Violation[] => [...groupBy(violations, ({ invariant }) => invariant).values()].flatMap((own) => own.slice(0, 3));

/** Everything that is known of one sale, in order of time: till, orchestrator, provider, the outside. */
function timelineOf({ snapshot, executed }: RunResult, saleId: string): string[] {
  const checkout = snapshot.cart.checkouts.find(({ sale_id }) => sale_id === saleId);
  const saga = snapshot.orchestrator.timeline.filter(({ sale_id }) => sale_id === saleId);
  const commandId = checkout?.command_id;
  const command = snapshot.commands.find((each) => each.commandId === commandId);
  const span = [...(command?.attempts ?? []).map(({ at }) => at), ...saga.map(({ at }) => at.getTime())];
  const from = Math.min(...span) - 2_000;
  const to = Math.max(...span) + 2_000;
  const entries: readonly (readonly [number, string, string])[] = [
    ...(command?.attempts ?? []).map(({ at, type, status, code, outcome, tookMs }) => [at, 'till', `${type} ${status ?? 'no answer'} ${code ?? ''} ${outcome ?? ''} after ${tookMs} ms`] as const),
    ...(checkout ? [[checkout.accepted_at.getTime(), 'cart', `accepted; now ${checkout.state}`] as const] : []),
    ...saga.map(({ at, event, step }) => [at.getTime(), 'orchestrator', `${event} ${step ?? ''}`] as const),
    ...snapshot.events.filter((event) => event.saleId === saleId).map(({ at, type, messageId }) => [at, 'back office', `${type} ${messageId}`] as const),
    ...executed.filter(({ startedAt, endedAt = startedAt }) => endedAt >= from && startedAt <= to).map(({ fault, startedAt }) => [startedAt, 'FAULT', tell(fault)] as const),
  ];
  const money = snapshot.provider.filter(({ reference }) => reference.startsWith(saleId)).map(({ movement, amountMinor, authorizationId }) => `  provider: ${movement} ${amountMinor} ${authorizationId}`);
  return [`Sale ${saleId}:`, ...entries.toSorted(([a], [b]) => a - b).map(([at, who, what]) => `  ${new Date(at).toISOString().slice(11, 23)} ${who.padEnd(12)} ${what}`), ...money];
}
