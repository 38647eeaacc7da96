/** The AMQP error conditions the service answers with, and what each means to the SDK (specification §13). */
export const condition = {
  timeout: 'com.microsoft:timeout',
  serverBusy: 'com.microsoft:server-busy',
  messageLockLost: 'com.microsoft:message-lock-lost',
  sessionLockLost: 'com.microsoft:session-lock-lost',
  sessionCannotBeLocked: 'com.microsoft:session-cannot-be-locked',
  messageNotFound: 'com.microsoft:message-not-found',
  entityAlreadyExists: 'com.microsoft:entity-already-exists',
  argumentError: 'com.microsoft:argument-error',
  notFound: 'amqp:not-found',
  notAllowed: 'amqp:not-allowed',
  notImplemented: 'amqp:not-implemented',
  decodeError: 'amqp:decode-error',
  internalError: 'amqp:internal-error',
  messageSizeExceeded: 'amqp:link:message-size-exceeded',
  transferLimitExceeded: 'amqp:link:transfer-limit-exceeded',
  resourceLimitExceeded: 'amqp:resource-limit-exceeded',
  unauthorized: 'amqp:unauthorized-access',
  entityDisabled: 'com.microsoft:entity-disabled',
  detachForced: 'amqp:link:detach-forced',
} as const;

export type Condition = (typeof condition)[keyof typeof condition];

/** A refusal the client is meant to see: it travels as an AMQP error, never as a crash. */
export class Refusal extends Error {
  readonly condition: Condition;

  constructor(reason: Condition, description: string) {
    super(description);
    this.condition = reason;
  }
}

/** The SDK recognises a missing entity by this sentence (specification §13). */
export function entityNotFound(address: string): Refusal {
  return new Refusal(condition.notFound, `The messaging entity '${address}' could not be found.`);
}
