import type { AnyContract, checkout, Message } from '@checkout/contracts';
import { assert, unreachable } from '@checkout/kernel';
import { givenUp, standsBy, timedOut, unheard, type Decision, type Happening, type Input, type Instance, type Silence } from './instance.ts';
import { asksOf, defaultAsks, isUnheardForTooLong, waitAfter } from './patience.ts';
import type { Results, Saga, Step } from './saga.ts';

export const begin = <D>(saga: Saga<D>, data: D): Decision => forward(saga, data, 0, {}, [{ event: 'started' }]);

/**
 * Pure: where a saga stands and what came in, to where it stands then and what is sent.
 *
 * An input that is not awaited (a duplicate, a late reply) changes nothing: the decision holds the very same instance.
 */
export function advance<D>(saga: Saga<D>, data: D, instance: Instance, input: Input): Decision {
  switch (instance.phase) {
    case 'forward':
      if (isSilence(input)) return askAgain(saga, data, instance, input);
      return input === givenUp ? gaveUp(saga, data, instance) : repliedForward(saga, data, instance, input);
    case 'backward':
      if (isSilence(input)) return askAgain(saga, data, instance, input);
      return input === givenUp ? unchanged(instance) : repliedBackward(saga, data, instance, input);
    case 'completed':
    case 'cancelled': return unchanged(instance);
    default: return unreachable(instance.phase);
  }
}

function repliedForward<D>(saga: Saga<D>, data: D, instance: Instance, reply: Message): Decision {
  if (saga.stalled && isA(saga.stalled.says, reply)) return stalled(saga, instance, saga.stalled.why(reply.body));
  for (const index of instance.awaiting) {
    const step = stepAt(saga, index);
    if (isA(step.succeeds, reply)) return succeeded(saga, data, instance, index, reply);
    if (step.kind !== 'retriable' && isA(step.fails, reply)) {
      const reason = step.refused(reply.body);
      return backward(saga, data, index - 1, instance.results, reason, [{ event: 'refused', step: step.name, detail: reason.message }]);
    }
  }
  return unchanged(instance);
}

function succeeded<D>(saga: Saga<D>, data: D, instance: Instance, index: number, reply: Message): Decision {
  const step = stepAt(saga, index);
  const results = remember(instance.results, step, reply);
  const happenings: Happening[] = [{ event: 'succeeded', step: step.name }];
  const awaiting = instance.awaiting.filter((other) => other !== index);
  if (awaiting.length > 0) return waiting(saga, { ...instance, awaiting, results }, [], happenings);
  // The retriable steps were all sent together, so after the last answer to them nothing is left.
  return forward(saga, data, step.kind === 'retriable' ? saga.steps.length : index + 1, results, happenings);
}

function repliedBackward<D>(saga: Saga<D>, data: D, instance: Instance, reply: Message): Decision {
  if (saga.stalled && isA(saga.stalled.says, reply)) return stalled(saga, instance, saga.stalled.why(reply.body));
  const [index = -1] = instance.awaiting;
  const step = stepAt(saga, index);
  assert(step.kind === 'compensatable' && instance.because, `${saga.name} goes backward at "${step.name}"`);
  if (!isA(step.compensated, reply)) return unchanged(instance);
  return backward(saga, data, index - 1, instance.results, instance.because, [{ event: 'compensated', step: step.name }]);
}

/** Only what can be undone can be given up, and only before the money may have moved. */
function gaveUp<D>(saga: Saga<D>, data: D, instance: Instance): Decision {
  const [index = -1] = instance.awaiting;
  const step = stepAt(saga, index);
  if (step.kind !== 'compensatable') return unchanged(instance);
  const message = `${step.name}: given up without an answer`;
  return backward(saga, data, index, instance.results, { code: 'no-answer', message }, [{ event: 'given-up', step: step.name, detail: message }]);
}

/** The participant is at it and cannot go on by itself: its answer is waited for as before, and a person is told why it does not come. */
function stalled<D>(saga: Saga<D>, instance: Instance, why: string): Decision {
  if (instance.needsAttention === why) return unchanged(instance);
  const wakeAfter = waitAfter(instance.awaiting.map((index) => stepAt(saga, index)), instance);
  return { instance: { ...instance, needsAttention: why }, messages: [], happenings: [{ event: 'needs-attention', detail: why }], wakeAfter };
}

/**
 * In doubt: the command may or may not have been carried out, so the same is asked again; participants answer a repeat with what they know. Silence
 * alone never undoes anything, because whoever is silent may be at it: only the participant can say that it has not happened and never will. And who
 * answers nobody uses up nobody's patience, nor is it asked by everybody.
 */
function askAgain<D>(saga: Saga<D>, data: D, instance: Instance, silence: Silence): Decision {
  const steps = instance.awaiting.map((index) => stepAt(saga, index));
  const again: Instance = silence === timedOut ? { ...instance, attempts: instance.attempts + 1 } : { ...instance, unheard: (instance.unheard ?? 0) + 1 };
  if (silence === standsBy) return waiting(saga, again, [], [], instance.needsAttention);
  const messages = steps.map((step) => (instance.phase === 'backward' && step.kind === 'compensatable' ? step.compensate(data) : step.command(data, instance.results)));
  const waits = waitsOf(again);
  const asked = steps.map(({ name }): Happening => ({ event: 'asked-again', step: name, detail: `no answer ${waits} ×` }));
  // Once a person has been told, or has seen enough of them, further requests add nothing to the time line: a silence of a week must not grow it.
  const isNews = !instance.needsAttention && (silence === timedOut || waits < defaultAsks);
  return waiting(saga, again, messages, isNews ? asked : [], instance.needsAttention);
}

function forward<D>(saga: Saga<D>, data: D, at: number, results: Results, happenings: readonly Happening[]): Decision {
  const awaiting = nextSteps(saga, at);
  if (awaiting.length > 0) {
    const commands = awaiting.map((index) => stepAt(saga, index).command(data, results));
    return waiting(saga, { phase: 'forward', awaiting, attempts: 1, results }, commands, happenings);
  }
  return {
    instance: { phase: 'completed', awaiting: [], attempts: 0, results },
    messages: saga.completed(data, results),
    happenings: [...happenings, { event: 'completed' }],
  };
}

function backward<D>(saga: Saga<D>, data: D, at: number, results: Results, because: checkout.Reason, happenings: readonly Happening[]): Decision {
  const step = saga.steps[at];
  if (step) {
    assert(step.kind === 'compensatable', `${saga.name} undoes "${step.name}"`);
    return waiting(saga, { phase: 'backward', awaiting: [at], attempts: 1, results, because }, [step.compensate(data)], happenings);
  }
  return {
    instance: { phase: 'cancelled', awaiting: [], attempts: 0, results, because },
    messages: saga.cancelled(data, because, results),
    happenings: [...happenings, { event: 'cancelled', detail: because.message }],
  };
}

/** An instance that awaits replies: sets its timer, and says whether a person should look. What a participant has said itself outlasts silence. */
function waiting<D>(saga: Saga<D>, { needsAttention: before, ...instance }: Instance, messages: readonly Message[], happenings: readonly Happening[], stillNeeds?: string): Decision {
  const steps = instance.awaiting.map((index) => stepAt(saga, index));
  const isAwayForTooLong = isUnheardForTooLong(steps, instance);
  const overdue = steps.filter((step) => isAwayForTooLong || instance.attempts > asksOf(step)).map(({ name }) => name);
  const wakeAfter = waitAfter(steps, instance);
  if (overdue.length === 0 && stillNeeds === undefined) return { instance, messages, happenings, wakeAfter };
  const needsAttention = stillNeeds ?? `${instance.phase === 'backward' ? 'undoing ' : ''}${overdue.join(', ')}: no answer`;
  const told: Happening[] = before ? [] : [{ event: 'needs-attention', detail: needsAttention }];
  return { instance: { ...instance, needsAttention }, messages, happenings: [...happenings, ...told], wakeAfter };
}

/** One step at a time up to the pivot; every step after it at once. */
function nextSteps<D>(saga: Saga<D>, at: number): readonly number[] {
  const step = saga.steps[at];
  if (!step) return [];
  return step.kind === 'retriable' ? Array.from({ length: saga.steps.length - at }, (_, offset) => at + offset) : [at];
}

function stepAt<D>(saga: Saga<D>, index: number): Step<D> {
  const step = saga.steps[index];
  assert(step, `${saga.name} awaits step ${index}, and has ${saga.steps.length}`);
  return step;
}

function remember<D>(results: Results, { name, keeps = [] }: Step<D>, { body }: Message): Results {
  if (keeps.length === 0) return results;
  const fields = body as Readonly<Record<string, unknown>>;
  return { ...results, [name]: Object.fromEntries(keeps.map((field) => [field, fields[field]])) };
}

const isSilence = (input: Input): input is Silence => input === timedOut || input === unheard || input === standsBy;

/** How often an answer was waited for in vain. */
const waitsOf = ({ attempts, unheard: others = 0 }: Instance): number => attempts - 1 + others;

const isA = ({ type }: AnyContract, message: Message): boolean => message.type === type;

const unchanged = (instance: Instance): Decision => ({ instance, messages: [], happenings: [] });
