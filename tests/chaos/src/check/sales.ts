import { saleIdOf, type CommandId, type TenantId } from '@checkout/kernel';
import { isAccepted, mayExist, totalOf } from '../till/history.ts';
import type { Command } from '../till/history.ts';
import type { CheckoutRow, Snapshot } from './snapshot.ts';
import { groupBy, type Invariant } from './violation.ts';

const saleOf = ({ tenantId, commandId }: Pick<Command, 'tenantId' | 'commandId'>): string => saleIdOf(tenantId as TenantId, commandId as CommandId);
const rowsByCommand = ({ cart }: Snapshot): Map<string, CheckoutRow[]> => groupBy(cart.checkouts, ({ tenant_id, command_id }) => `${tenant_id}/${command_id}`);
const isTerminal = (state: string): boolean => ['completed', 'declined', 'rejected', 'cancelled'].includes(state);

export const noSaleIsLost: Invariant = {
  id: 'I1',
  name: 'no sale lost',
  check(snapshot) {
    const rows = rowsByCommand(snapshot);
    const sagas = new Map(snapshot.orchestrator.sagas.map((saga) => [saga.sale_id, saga]));
    return snapshot.commands.flatMap((command) => {
      const saleId = saleOf(command);
      const own = rows.get(`${command.tenantId}/${command.commandId}`) ?? [];
      const saga = sagas.get(saleId);
      const about = (what: string) => [{ what: `command ${command.commandId} of till ${command.tillId}: ${what}`, saleId }];
      if (isAccepted(command)) {
        if (own.length !== 1) return about(`accepted, and cart has ${own.length} rows of it`);
        if (!saga) return about('accepted, and the orchestrator never heard of it');
        const [{ state } = { state: '' }] = own;
        if (!isTerminal(state)) return about(`accepted, and still "${state}"`);
        return (state === 'completed') === (saga.phase === 'completed') ? [] : about(`cart says ${state}, the orchestrator ${saga.phase}`);
      }
      if (!mayExist(command) && (own.length > 0 || saga)) return about('every answer said that nothing was accepted, and there is a sale');
      return own.length > 1 ? about(`${own.length} sales of one command`) : [];
    });
  },
};

const endings = new Set(['completed', 'cancelled']);

export const oneEnding: Invariant = {
  id: 'I2',
  name: 'one terminal state, for ever',
  check({ orchestrator, commands }) {
    const timelines = groupBy(orchestrator.timeline, ({ sale_id }) => sale_id);
    const fromTimelines = [...timelines].flatMap(([saleId, entries]) => {
      const ordered = entries.toSorted((a, b) => a.sequence - b.sequence);
      const found: { what: string; saleId: string }[] = [];
      if (ordered.some(({ sequence }, index) => sequence !== index + 1)) found.push({ what: `sale ${saleId}: its time line has a hole or a repeat`, saleId });
      const ends = ordered.filter(({ event }) => endings.has(event));
      if (ends.length > 1) found.push({ what: `sale ${saleId} ended ${ends.length} times`, saleId });
      if (ends.length === 1 && ordered.at(-1) !== ends[0]) found.push({ what: `sale ${saleId} went on after it had ended`, saleId });
      return found;
    });
    const fromTills = commands.flatMap((command) => {
      const states = [...command.attempts.flatMap(({ state }) => state ?? []), ...command.seen.map(({ state }) => state)].filter(isTerminal);
      return new Set(states).size > 1 ? [{ what: `command ${command.commandId} was shown to its till as ${[...new Set(states)].join(' and ')}`, saleId: saleOf(command) }] : [];
    });
    return [...fromTimelines, ...fromTills];
  },
};

export const sameAnswers: Invariant = {
  id: 'I11',
  name: 'idempotent answers',
  check: ({ commands }) => commands.flatMap((command) => {
    const { attempts, commandId, sale } = command;
    const saleId = saleOf(command);
    const found: { what: string; saleId: string }[] = [];
    const ok = attempts.filter(({ type, mustRefuse }) => type === 'ok' && mustRefuse === undefined);
    const told = ok.filter((attempt) => attempt.saleId !== undefined);
    if (told.some((attempt) => attempt.saleId !== saleId)) found.push({ what: `command ${commandId} was answered with another sale's id`, saleId });
    if (told.some(({ totalMinor }) => totalMinor !== totalOf(sale))) found.push({ what: `command ${commandId} was answered with another total than the till's`, saleId });
    // Over the bus nobody has looked yet whether it was there already, so each submission tells its own time; the answer says which route it was.
    const times = new Set(told.filter(({ acceptedVia }) => acceptedVia !== 'bus').map(({ acceptedAt }) => acceptedAt));
    if (times.size > 1) found.push({ what: `command ${commandId} was accepted at ${times.size} times`, saleId });
    const taken = attempts.find(({ type, mustRefuse }) => type === 'ok' && mustRefuse !== undefined);
    if (taken) found.push({ what: `command ${commandId} was accepted although ${taken.mustRefuse === 'other-body' ? 'its body was not the one of the first request' : 'it held a card number'}`, saleId });
    return found;
  }),
};

export const noEffectWithoutCause: Invariant = {
  id: 'I13',
  name: 'no effect without cause',
  check({ commands, payment, inventory, receipt, orchestrator, provider, cart }) {
    const asked = new Set(commands.filter(mayExist).map(saleOf));
    const effects: readonly (readonly [string, readonly string[]])[] = [
      ['cart has a checkout', cart.checkouts.map(({ sale_id }) => sale_id)],
      ['the orchestrator has a saga', orchestrator.sagas.map(({ sale_id }) => sale_id)],
      ['payment has money', payment.payments.map(({ sale_id }) => sale_id)],
      ['inventory has a reservation', inventory.reservations.map(({ sale_id }) => sale_id)],
      ['there is a receipt', receipt.receipts.map(({ sale_id }) => sale_id)],
      ['the provider was asked', provider.map(({ reference }) => reference.split(':')[0] ?? '')],
    ];
    return effects.flatMap(([what, saleIds]) => [...new Set(saleIds)].filter((saleId) => !asked.has(saleId)).map((saleId) => ({ what: `${what} for sale ${saleId}, which no till was ever told may exist`, saleId })));
  },
};

/** What the registry of error codes calls an answer to a till; anything else is a surprise at the counter. */
const outcomes = new Set(['not_accepted', 'accepted', 'unknown']);

export const honestErrors: Invariant = {
  id: 'I19',
  name: 'errors are honest',
  check: ({ commands }) => commands.flatMap((command) => {
    const saleId = saleOf(command);
    const found: { what: string; saleId: string }[] = [];
    const unclear = command.attempts.find(({ isWellFormed, outcome, status = 0 }) => !isWellFormed || (status >= 400 && !outcomes.has(outcome ?? '')));
    if (unclear) found.push({ what: `command ${command.commandId} got an answer of status ${unclear.status} that is no problem document with an outcome`, saleId });
    // A first yes that calls itself a repeat was accepted by an earlier request. If each of those was answered "not accepted", that was not true.
    const own = command.attempts.filter(({ mustRefuse }) => mustRefuse === undefined);
    const firstYes = own.findIndex(({ type }) => type === 'ok');
    const before = own.slice(0, Math.max(0, firstYes));
    const yes = own[firstYes];
    if (yes?.isReplay === true && before.length > 0 && before.every(({ type, at, tookMs }) => type === 'fail' && at + tookMs <= yes.at) && own.filter(({ type }) => type === 'ok').length === 1) {
      found.push({ what: `command ${command.commandId} was accepted while every answer said "not accepted"`, saleId });
    }
    return found;
  }),
};
