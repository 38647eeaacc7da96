import type { AuditEntry } from '../domain/audit-chain.ts';
import { nextWave, type Item, type ItemState, type Plan } from '../domain/plan.ts';
import { mended } from '../domain/mend.ts';
import { afterWave, waveSize } from '../domain/ramp.ts';
import type { Archive, DeadLetterQueues, ItemChange, OpenBreaker, PlanChange, PlanStore, Queue, Reports, TakenMessage } from './ports.ts';

export interface RunPlanParts {
  readonly queues: DeadLetterQueues;
  readonly plans: PlanStore;
  readonly reports: Reports;
  readonly archive: Archive;
  readonly now: () => Date;
  readonly pause: (ms: number) => Promise<void>;
  readonly limits?: Partial<RunLimits>;
}

export interface RunLimits {
  /** With more live messages waiting than this, replays wait: what shops do now comes first. */
  readonly liveBacklog: number;
  /** Replays of which no further outcome is told for so long stop the plan: nobody seems to handle them. Longer than a process that died keeps what it had locked. */
  readonly outcomeMs: number;
  /** With nothing to do but to wait for outcomes, a run ends after this, so that other plans have their turn. */
  readonly turnMs: number;
  /** How far back an open breaker that was told of still counts. */
  readonly breakerMemoryMs: number;
  readonly pollMs: number;
}

const standard: RunLimits = { liveBacklog: 500, outcomeMs: 180_000, turnMs: 10_000, breakerMemoryMs: 30 * 60_000, pollMs: 200 };

/** The most messages held at a time. */
const maxWave = 250;
/** With so many replays out whose outcome was not told yet, a run that is not ramped waits. */
const maxUntold = 2_000;
/** How long a look at the live messages counts. */
const lookCountsMs = 1_000;
/** Between two tries to take what a run that died still has locked. */
const busyMs = 1_000;

/**
 * Works a plan off until it is over, is told to stop, or its time in this call is up; whoever calls next goes on from where it is.
 *
 * Killed at any point, the next run goes on without loss and without a second effect: an item is marked `sending` before its replay is sent, the
 * replay has the same id each time, and the dead letter is removed only after the bus has the replay. So it is sent again at worst, under an id that
 * the service's inbox knows.
 */
export class RunPlan {
  readonly #parts: RunPlanParts;
  readonly #limits: RunLimits;
  /** Which outcomes each plan waits for, and since when: over all its runs in this process, each of which may be shorter than `outcomeMs`. */
  readonly #untold = new Map<string, { readonly mark: string; readonly sinceMs: number }>();

  constructor(parts: RunPlanParts) {
    this.#parts = parts;
    this.#limits = { ...standard, ...parts.limits };
  }

  /**
   * @param untilMs of the clock: no new wave is begun after it
   * @param isOurs whether the plan is still this process's to run; asked before each step
   */
  async run(plan: Plan, untilMs: number, isOurs: () => boolean = () => true): Promise<void> {
    const { plans, pause, now } = this.#parts;
    let turnEndsMs = now().getTime() + this.#limits.turnMs;
    let lookAgainMs = 0;
    while (now().getTime() < untilMs && isOurs()) {
      const current = await plans.find('all-tenants', plan.planId);
      if (current?.state !== 'running') return;
      if (await this.#refusedByGuards(current)) return;
      if (current.isRamped && current.kind === 'replay') {
        const outcomes = current.wave > current.rampFrom ? await plans.wave(current.planId, current.wave - 1) : {};
        if ((outcomes.sent ?? 0) > 0) {
          if (!(await this.#awaits(current, outcomes.sent ?? 0)) || now().getTime() > turnEndsMs) return;
          continue;
        }
        const next = afterWave({ wave: current.wave - 1 - current.rampFrom, failedInWave: outcomes['failed-again'] ?? 0, sizeOfWave: sum(outcomes) });
        if (current.wave > current.rampFrom && next.go === 'stop') return this.#end(current, { state: 'stopped', because: next.because });
      }
      if (now().getTime() >= lookAgainMs) {
        if (await this.#yields(current)) {
          await pause(this.#limits.pollMs);
          continue;
        }
        lookAgainMs = now().getTime() + lookCountsMs;
      }
      const outcome = await this.#wave(current, isOurs);
      if (outcome === 'over') return;
      if (outcome === 'sent') turnEndsMs = now().getTime() + this.#limits.turnMs;
      else if (now().getTime() > turnEndsMs) return;
    }
  }

  /** A moment, in which outcomes may come. @returns false when the plan was stopped, because none has come for too long */
  async #awaits(plan: Plan, untold: number): Promise<boolean> {
    const { now, pause } = this.#parts;
    const mark = `${plan.version} ${plan.wave} ${untold}`;
    const known = this.#untold.get(plan.planId);
    if (known?.mark !== mark) this.#untold.set(plan.planId, { mark, sinceMs: now().getTime() });
    else if (now().getTime() - known.sinceMs > this.#limits.outcomeMs) {
      await this.#end(plan, { state: 'stopped', because: `${untold} replayed messages have no outcome yet: nobody seems to handle them` });
      return false;
    }
    await pause(this.#limits.pollMs);
    return true;
  }

  /** One wave. @returns whether it was sent, or is waited for, or nothing is left to do */
  async #wave(plan: Plan, isOurs: () => boolean): Promise<'sent' | 'waiting' | 'over'> {
    const { plans, now, pause } = this.#parts;
    const startedAt = now().getTime();
    const size = Math.min(plan.isRamped ? waveSize(plan.wave - plan.rampFrom) : maxWave, maxWave, plan.maxPerSecond);
    const { sent: untold = 0, planned: held = 0 } = await plans.counts(plan.planId);
    const wave = untold < maxUntold ? nextWave(await plans.next(plan.planId, 2 * size), size) : [];
    if (wave.length === 0) {
      if (untold > 0) return (await this.#awaits(plan, untold)) ? 'waiting' : 'over';
      await this.#end(plan, { state: 'done', ...(held > 0 && { because: `${held} messages were held back, because an earlier one of the same sale did not succeed` }) });
      return 'over';
    }
    const queue: Queue = plan;
    await plans.mark(plan, wave.map(({ sequenceNumber }) => ({ sequenceNumber, state: 'sending', wave: plan.wave, letter: 'moving' })), []);
    const sequenceNumbers = wave.map(({ sequenceNumber }) => sequenceNumber);
    await this.#parts.queues.setAside(queue, new Set(sequenceNumbers));
    const taken = await this.#parts.queues.take(queue, sequenceNumbers);
    // Whoever runs the plan now sends them, once our locks have ended.
    if (!isOurs()) return 'over';
    const ours = wave.filter(({ sequenceNumber }) => !taken.busy.has(sequenceNumber));
    const ids = new Map(wave.map(({ sequenceNumber, messageId }) => [sequenceNumber, messageId]));
    // A queue that was deleted and made again counts from the beginning: under a number may lie another message now, which is left alone.
    const messages = taken.messages.filter(({ sequenceNumber, messageId }) => messageId === ids.get(sequenceNumber));
    const changes = plan.kind === 'replay' ? await this.#replay(plan, ours, messages) : await this.#discard(plan, ours, messages);
    await plans.mark(plan, changes, changes.flatMap((change) => this.#audited(plan, wave, change)), changes.length === 0 ? undefined : plan.wave + 1);
    if (taken.busy.size > 0) await pause(busyMs);
    const dueMs = (wave.length / plan.maxPerSecond) * 1_000 - (now().getTime() - startedAt);
    if (dueMs > 0) await pause(dueMs);
    return 'sent';
  }

  async #replay(plan: Plan, wave: readonly Item[], taken: readonly TakenMessage[]): Promise<ItemChange[]> {
    const bySequence = new Map(taken.map((message) => [message.sequenceNumber, message]));
    const changes: ItemChange[] = [];
    const sending: { readonly item: Item; readonly message: TakenMessage; readonly body?: unknown }[] = [];
    for (const item of wave) {
      const message = bySequence.get(item.sequenceNumber);
      if (!message) {
        // Marked `sending` by a run that then died: the replay was sent and the dead letter removed. Otherwise somebody else has taken it.
        changes.push(item.state === 'sending' ? sent(item) : { sequenceNumber: item.sequenceNumber, state: 'gone', letter: 'gone' });
        continue;
      }
      if (plan.rule === undefined) {
        sending.push({ item, message });
        continue;
      }
      const result = mended(message, plan.rule);
      if ('because' in result) changes.push({ sequenceNumber: item.sequenceNumber, state: 'unfit', because: result.because, letter: 'waiting' });
      else sending.push({ item, message, body: result.body });
    }
    if (plan.rule !== undefined) await this.#keep(plan, sending.map(({ message }) => message), 'the original of an edited message');
    await this.#parts.queues.send(plan, sending.map(({ item, message, body }) => ({
      messageId: item.replayId,
      original: message,
      ...(body !== undefined && { body }),
      properties: { replayFor: plan.subscription, replayOf: item.messageId, replayPlan: plan.planId },
    })));
    await Promise.all(sending.map(({ message }) => message.remove()));
    return [...changes, ...sending.map(({ item }) => sent(item))];
  }

  async #discard(plan: Plan, wave: readonly Item[], taken: readonly TakenMessage[]): Promise<ItemChange[]> {
    await this.#keep(plan, taken, plan.reason);
    await Promise.all(taken.map((message) => message.remove()));
    const found = new Set(taken.map(({ sequenceNumber }) => sequenceNumber));
    return wave.map(({ sequenceNumber, state }) => (found.has(sequenceNumber) || state === 'sending'
      ? { sequenceNumber, state: 'discarded', letter: 'discarded' }
      : { sequenceNumber, state: 'gone', letter: 'gone' }));
  }

  #keep(plan: Plan, messages: readonly TakenMessage[], reason: string): Promise<void> {
    const at = this.#parts.now();
    return this.#parts.archive.keep(messages.map((message) => ({
      place: { topic: plan.topic, subscription: plan.subscription, sequenceNumber: message.sequenceNumber },
      tenantId: typeof message.applicationProperties['tenant'] === 'string' ? message.applicationProperties['tenant'] : 'platform',
      message,
      reason,
      by: plan.createdBy,
      at,
    })));
  }

  /** A replay into a dependency that is down would only come back. */
  async #refusedByGuards(plan: Plan): Promise<boolean> {
    if (plan.kind !== 'replay') return false;
    const open = await openBreakersOf(this.#parts.reports, plan, new Date(this.#parts.now().getTime() - this.#limits.breakerMemoryMs));
    if (open === undefined) return false;
    await this.#end(plan, { state: 'stopped', because: open });
    return true;
  }

  async #yields(plan: Plan): Promise<boolean> {
    if (plan.kind !== 'replay') return false;
    return (await this.#parts.queues.backlog(plan, this.#limits.liveBacklog + 1)) > this.#limits.liveBacklog;
  }

  async #end(plan: Plan, change: PlanChange): Promise<void> {
    const action = `plan.${change.state}`;
    this.#untold.delete(plan.planId);
    await this.#parts.plans.update(plan, change, [{
      at: this.#parts.now().toISOString(), tenantId: plan.tenantId, actor: 'desk', action, planId: plan.planId, ...(change.because !== undefined && { detail: change.because }),
    }]);
  }

  #audited(plan: Plan, wave: readonly Item[], { sequenceNumber, state, because }: ItemChange): AuditEntry[] {
    const item = wave.find((each) => each.sequenceNumber === sequenceNumber);
    if (!item || state === undefined) return [];
    return [{
      at: this.#parts.now().toISOString(),
      tenantId: item.tenantId,
      actor: plan.approvedBy ?? plan.createdBy,
      action: `message.${verbs[state] ?? state}`,
      planId: plan.planId,
      place: `${plan.topic}/${plan.subscription}#${sequenceNumber}`,
      messageId: item.messageId,
      ...(because !== undefined && { detail: because }),
    }];
  }
}

const verbs: Partial<Record<ItemState, string>> = { sent: 'replayed' };

const sent = ({ sequenceNumber }: Item): ItemChange => ({ sequenceNumber, state: 'sent', letter: 'replayed' });
const sum = (counts: Readonly<Partial<Record<ItemState, number>>>): number => Object.values(counts).reduce((total, count) => total + count, 0);

const named = ({ dependency, cause, incidentId }: OpenBreaker): string => {
  const about = [...(cause === undefined ? [] : [cause]), ...(incidentId === undefined ? [] : [`incident ${incidentId}`])];
  return about.length === 0 ? dependency : `${dependency} (${about.join('; ')})`;
};

/** Why a replay to this subscription may not run now; nothing when it may. A subscription is named after the service that has it. */
export async function openBreakersOf(reports: Reports, { subscription }: Pick<Queue, 'subscription'>, since: Date): Promise<string | undefined> {
  const open = await reports.openBreakers(subscription, since);
  if (open.length === 0) return undefined;
  return `the breaker of ${open.map(named).join(', ')} is open`;
}
