import type { Place } from '../domain/dead-letter.ts';
import { replayIdOf } from '../domain/plan.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Archive, AuditLog, DeadLetterQueues, Operator } from './ports.ts';

/** Puts a discarded message back: it goes to its subscription as a replay would, once. @throws Refusal */
export class RestoreDiscarded {
  readonly #archive: Archive;
  readonly #queues: DeadLetterQueues;
  readonly #audit: AuditLog;
  readonly #now: () => Date;

  constructor(archive: Archive, queues: DeadLetterQueues, audit: AuditLog, now: () => Date) {
    this.#archive = archive;
    this.#queues = queues;
    this.#audit = audit;
    this.#now = now;
  }

  async restore(place: Place, reason: string, by: Operator): Promise<{ readonly messageId: string }> {
    if (!by.mayOperate) throw new Refusal('replay-forbidden');
    if (reason.trim() === '') throw new Refusal('reason-missing');
    const kept = await this.#archive.discarded(by.scope, place);
    if (!kept) throw new Refusal('not-archived');
    if (kept.restoredAt) throw new Refusal('already-restored');
    const { message } = kept;
    // The same id whenever it is tried again, so that a crash between sending and writing it down costs nothing.
    const messageId = replayIdOf(message.messageId);
    await this.#queues.send(place, [{ messageId, original: message, properties: { replayFor: place.subscription, replayOf: message.messageId } }]);
    const at = this.#now();
    await this.#archive.restored(place, at);
    await this.#audit.append([{
      at: at.toISOString(),
      tenantId: typeof message.applicationProperties['tenant'] === 'string' ? message.applicationProperties['tenant'] : 'platform',
      actor: by.subject, action: 'message.restored', place: `${place.topic}/${place.subscription}#${place.sequenceNumber}`, messageId: message.messageId, detail: reason,
    }]);
    return { messageId };
  }
}
