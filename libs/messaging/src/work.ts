import type { Envelope, Message } from '@checkout/contracts';
import type { Handler } from './handler.ts';

/** How one piece of work ended. An error is one of the four kinds; whoever brought the work knows what to do with each. */
export type Result = { readonly ok: true; readonly answer: unknown } | { readonly ok: false; readonly error: unknown };

/** Something to handle: a message from the bus, or a local input such as an HTTP request or a timer. */
export interface Work<Need, Rows, Change, Effect> {
  readonly handler: Handler<Message, Need, Rows, Change, Effect, unknown>;
  readonly message: Message;
  readonly envelope: Envelope;
  /** Whether the bus may deliver it again, so that its id is marked in the inbox. Local inputs are not redelivered. */
  readonly isFromBus: boolean;
  /** Called exactly once. */
  done(result: Result): void;
}
