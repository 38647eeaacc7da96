import { operations } from '@checkout/contracts';
import { assert } from '@checkout/kernel';
import { openSpan, type OpenSpan } from '@checkout/observability';
import { toOutbound, type Outbound } from './codec.ts';
import type { Decision, Store } from './handler.ts';
import { messageIdOf } from './message-id.ts';
import type { Work } from './work.ts';

/** One message of a batch that was decided, and what is left to do for it after the commit. */
interface Decided<Need, Rows, Change, Effect> {
  readonly work: Work<Need, Rows, Change, Effect>;
  readonly answer: unknown;
  readonly hasChanged: boolean;
  readonly span: OpenSpan;
}

/** What a batch wants to have written and sent. */
export interface Batch<Need, Rows, Change, Effect> {
  readonly decided: readonly Decided<Need, Rows, Change, Effect>[];
  readonly failed: readonly { readonly work: Work<Need, Rows, Change, Effect>; readonly error: unknown }[];
  readonly changes: readonly Change[];
  readonly effects: readonly Effect[];
  readonly outbound: readonly Outbound[];
}

/** Largest body that goes onto the bus, in bytes: well inside the 256 KB of Service Bus Standard with its envelope. */
const maxBodyBytes = 150_000;
/** A character takes at most this many bytes, so most bodies need no counting. */
const maxBytesPerCharacter = 3;

/**
 * Decides message by message. Each sees the changes of those before it, so that two sales of one batch cannot take the same last item.
 * A message whose decision throws fails alone: nothing of it was applied.
 *
 * @throws what `store.apply` threw. The rows may show half a change then, and no decision on them can be trusted.
 */
export function decideAll<Need, Rows, Change, Effect>(
  works: readonly Work<Need, Rows, Change, Effect>[],
  rows: Rows,
  store: Pick<Store<Need, Rows, Change>, 'apply'>,
  service: string,
  now: number,
): Batch<Need, Rows, Change, Effect> {
  const decided: Decided<Need, Rows, Change, Effect>[] = [];
  const failed: { work: Work<Need, Rows, Change, Effect>; error: unknown }[] = [];
  const changes: Change[] = [];
  const effects: Effect[] = [];
  const outbound: Outbound[] = [];
  const source = `/services/${service}`;
  const time = new Date(now).toISOString();

  for (const work of works) {
    const { message, envelope } = work;
    const span = openSpan(`handle ${message.type}`, { kind: 'consumer', parent: envelope.traceparent });
    let decision: Decision<Change, Effect, unknown>;
    let messages: Outbound[];
    try {
      decision = work.handler.decide(rows, { message, envelope, now });
      // The id says what caused it and which of its effects it is: handling the same message again names the same messages.
      messages = (decision.messages ?? []).map((each, index) =>
        toOutbound(each, { id: messageIdOf(envelope.id, index), source, time, tenantId: envelope.tenantId, causationId: envelope.id, traceparent: span.traceparent }),
      );
      // Whoever put a dead letter back is told what became of it, in the commit of what became of it.
      if (work.isFromBus && envelope.replayOf !== undefined) {
        const told = operations.ReplayHandled({ service, at: time, messageId: envelope.id, replayOf: envelope.replayOf, outcome: (decision.changes ?? []).length > 0 ? 'applied' : 'no-op' });
        messages.push(toOutbound(told, { id: messageIdOf(envelope.id, messages.length), source, time, tenantId: envelope.tenantId, causationId: envelope.id, traceparent: span.traceparent }));
      }
      for (const { envelope: sent, bodyJson } of messages) assert(fitsOntoTheBus(bodyJson), `${sent.type} has a body of more than ${maxBodyBytes} bytes`);
    } catch (error) {
      span.end(error);
      failed.push({ work, error });
      continue;
    }
    decided.push({ work, answer: decision.answer, hasChanged: (decision.changes ?? []).length > 0, span });
    try {
      for (const change of decision.changes ?? []) store.apply(rows, change);
    } catch (error) {
      for (const each of decided) each.span.end(error);
      throw error;
    }
    changes.push(...(decision.changes ?? []));
    outbound.push(...messages);
    effects.push(...(decision.effects ?? []));
  }
  return { decided, failed, changes, effects, outbound };
}

const fitsOntoTheBus = (bodyJson: string): boolean => bodyJson.length * maxBytesPerCharacter <= maxBodyBytes || Buffer.byteLength(bodyJson) <= maxBodyBytes;
