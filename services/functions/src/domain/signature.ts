import { createHash } from 'node:crypto';
import type { FailureFacts } from './failure-facts.ts';

/**
 * What makes two failures the same failure: where it happened, to which kind of message, and why. Ids, amounts, times and versions are left out,
 * so that one cause is one group however many sales it hit and however often we deployed meanwhile.
 */
export function signatureOf(topic: string, subscription: string, facts: FailureFacts): string {
  const cause = [facts.reason, facts.errorClass ?? '', facts.frame ?? withoutParticulars(facts), facts.dependency ?? ''];
  return createHash('sha256').update(JSON.stringify([topic, subscription, facts.step, ...cause])).digest('hex').slice(0, 32);
}

/** Of failures without a frame the description tells causes apart, once what differs from message to message is gone. */
const withoutParticulars = ({ description }: FailureFacts): string =>
  description
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '<id>')
    .replaceAll(/\d+/g, '<n>')
    .replaceAll(/"[^"]*"|'[^']*'/g, '<text>')
    .slice(0, 200);
