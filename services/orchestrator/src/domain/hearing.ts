import { partitionOf } from '@checkout/kernel';
import { standsBy, timedOut, unheard, waitedOf, waitOf, type Saga, type Silence, type Step } from '@checkout/saga';
import type { Checkout } from './checkout.ts';
import type { RefundRun } from './refund.ts';
import type { Transition } from './run.ts';

type AnyRun = Checkout | RefundRun;

/** Something that a participant has answered, and when it had been asked; in milliseconds since 1970. */
export interface Hearing {
  readonly participant: string;
  readonly partition: string;
  readonly askedAt: number;
  readonly answeredAt: number;
}

/** By participant: how far it has come with what one partition asks of it (`progress.ts`). */
export type Heard = Readonly<Record<string, number>>;

/** What a sale knows of the others in its partition when it has waited in vain. */
export interface News {
  readonly heard: Heard;
  /** It is one of the few that may ask again whoever answers nobody. */
  readonly asksForAll: boolean;
}

/** Whoever sends a step's reply: the first word of the message's type is its service. */
const participantOf = ({ succeeds }: Pick<Step<never>, 'succeeds'>): string => succeeds.type.split('.')[0] ?? '';

/**
 * What a transition shows about its participant: that it has come to the first request, because an answer to the fifth may be one to the first. Of the
 * steps that are asked together only the first answer shows anything: the timer of the others was set anew by it, so when they were asked is not known.
 */
export function hearingOf(saga: Pick<Saga<never>, 'steps'>, { before, entries, at }: Transition<AnyRun>): Hearing | undefined {
  if (before?.wakeAt === undefined) return undefined;
  const { tenantId, storeId, instance: { awaiting, needsAttention } } = before;
  if (needsAttention !== undefined) return undefined;
  const answered = entries.find(({ event }) => event === 'succeeded' || event === 'refused' || event === 'compensated');
  const step = saga.steps.find(({ name }, index) => name === answered?.step && awaiting.includes(index));
  if (!step || (step.kind === 'retriable' && awaiting.length < saga.steps.filter(({ kind }) => kind === 'retriable').length)) return undefined;
  return { participant: participantOf(step), partition: partitionOf(tenantId, storeId), askedAt: before.wakeAt - waitedOf(saga, before.instance), answeredAt: at };
}

/**
 * What a silence means. A participant takes a partition's requests in their order: if it has answered one that came after ours, it has had ours. If it
 * has not, it has not come to it, and nobody can conclude anything; the answer to a few shows whether it is back.
 */
export function silenceOf(saga: Pick<Saga<never>, 'steps'>, { instance, wakeAt = 0 }: AnyRun, { heard, asksForAll }: News): Silence {
  const askedAt = wakeAt - waitOf(saga, instance);
  const isPassedOver = instance.awaiting.some((index) => {
    const step = saga.steps[index];
    return step && (heard[participantOf(step)] ?? -Infinity) > askedAt;
  });
  if (isPassedOver) return timedOut;
  return asksForAll ? unheard : standsBy;
}
