/**
 * What is known of why a message was dead-lettered: stamped by the service that gave up on it, at the moment it did, or worked out from what the
 * broker says when it was the broker that gave up.
 */
export interface FailureFacts {
  /** Stable: a code of ours (`body-invalid`), or the broker's (`MaxDeliveryCountExceeded`). */
  readonly reason: string;
  readonly description: string;
  readonly errorClass?: string;
  /** The first frame of our own code, without line and column: it survives a deployment. */
  readonly frame?: string;
  /** Which step of the sale: the message's type, in words a shop knows. */
  readonly step: string;
  /** What was down, if something was. */
  readonly dependency?: string;
  readonly breakerState?: string;
  readonly serviceVersion?: string;
  readonly incidentId?: string;
  readonly firstFailedAt?: Date;
  readonly lastFailedAt?: Date;
}

/** The application properties that a service stamps (see `libs/messaging`), by the fact they hold. */
const properties = {
  errorClass: 'failure-class',
  frame: 'failure-frame',
  dependency: 'failure-dependency',
  breakerState: 'failure-breaker',
  serviceVersion: 'failure-version',
  incidentId: 'failure-incident',
} as const;

/**
 * Dead letters that the broker made, and what each means. The first three names are Service Bus's own:
 * https://learn.microsoft.com/azure/service-bus-messaging/service-bus-dead-letter-queues#moving-messages-to-the-dlq
 */
const brokerReasons: Readonly<Record<string, string>> = {
  MaxDeliveryCountExceeded: 'Every delivery ended without an answer: the service failed on it, or died with it, each time.',
  TTLExpiredException: 'It waited longer than it was meant to live.',
  HeaderSizeExceeded: 'Its properties are larger than the bus takes.',
  'Session ID is null.': 'It came without a session to a subscription that has them.',
};

export interface Stamped {
  readonly reason?: string | undefined;
  readonly description?: string | undefined;
  readonly type?: string | undefined;
  readonly applicationProperties: Readonly<Record<string, unknown>>;
}

export function factsOf({ reason = 'unknown', description, type = 'unknown', applicationProperties }: Stamped): FailureFacts {
  const stamped = Object.fromEntries(Object.entries(properties).flatMap(([fact, property]) => {
    const value = applicationProperties[property];
    return typeof value === 'string' && value !== '' ? [[fact, value.slice(0, 200)]] : [];
  }));
  return {
    reason: reason.slice(0, 128),
    description: (description ?? brokerReasons[reason] ?? '').slice(0, 1_000),
    step: type.slice(0, 120),
    ...stamped,
    ...dated('firstFailedAt', applicationProperties['failure-first-at']),
    ...dated('lastFailedAt', applicationProperties['failure-last-at']),
  };
}

function dated(name: 'firstFailedAt' | 'lastFailedAt', value: unknown): Partial<FailureFacts> {
  if (typeof value !== 'string') return {};
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? {} : { [name]: date };
}
