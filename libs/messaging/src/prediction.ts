import { DependencyUnavailable } from '@checkout/resilience';
import { InvalidMessage } from './invalid-message.ts';
import type { Predicted } from './pipeline.ts';

/** What putting a dead letter back would come to. */
export interface Prediction {
  readonly messageId: string;
  /** It would have its effect; its effect is there already; it would be refused now; or it cannot be handled as it is, and a person must decide. */
  readonly verdict: 'would-apply' | 'no-op' | 'conflict' | 'needs-decision';
  readonly because?: string;
}

/** Answers that say no. */
const refusal = /-(?:refused|declined|rejected)\.v\d+$/;

/** @throws DependencyUnavailable: then nobody can tell */
export function predictionOf(messageId: string, predicted: Predicted): Prediction {
  if ('error' in predicted) {
    const { error } = predicted;
    if (error instanceof DependencyUnavailable) throw error;
    if (error instanceof InvalidMessage) return { messageId, verdict: 'needs-decision', because: `${error.code}: ${error.message}`.slice(0, 400) };
    return { messageId, verdict: 'needs-decision', because: error instanceof Error ? `it fails with ${error.name}` : 'it fails' };
  }
  const no = predicted.says.find((type) => refusal.test(type));
  if (no !== undefined) return { messageId, verdict: 'conflict', because: `the answer would be ${no}` };
  return { messageId, verdict: predicted.hasChanged ? 'would-apply' : 'no-op' };
}
