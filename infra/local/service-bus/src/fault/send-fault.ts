import { condition, Refusal } from '../errors.ts';
import type { Content } from '../wire/content.ts';
import type { Faults } from './faults.ts';

/** What becomes of a send: `lost` never arrives, `unanswered` arrives and is kept, `dropped` is kept and takes the connection with it. */
export type SendFate = 'kept' | 'lost' | 'unanswered' | 'dropped';

/** @throws Refusal when the send is to be refused. */
export function sendFate(faults: Faults, entity: string, contents: readonly Content[]): SendFate {
  if (faults.strike('server-busy', entity, contents)) throw new Refusal(condition.serverBusy, 'The server was unable to process the request; please retry the operation (fault injected).');
  if (faults.strike('quota-full', entity, contents)) throw new Refusal(condition.resourceLimitExceeded, `The maximum entity size has been reached or exceeded for '${entity}' (fault injected).`);
  faults.throttle(entity, contents);
  if (faults.strike('lose-send', entity, contents)) return 'lost';
  if (faults.strike('lose-send-reply', entity, contents)) return 'unanswered';
  return faults.strike('drop-connection', entity, contents, 'send') ? 'dropped' : 'kept';
}
