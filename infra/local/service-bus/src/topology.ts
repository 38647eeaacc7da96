/**
 * The configuration format of Microsoft's Service Bus emulator (`Config.json`):
 * https://learn.microsoft.com/azure/service-bus-messaging/test-locally-with-service-bus-emulator
 */
export interface EmulatorConfig {
  readonly UserConfig: {
    readonly Namespaces: readonly {
      readonly Name: string;
      readonly Queues?: readonly QueueConfig[];
      readonly Topics?: readonly TopicConfig[];
    }[];
    readonly Logging?: { readonly Type?: string };
  };
}

export interface EntityProperties {
  readonly DeadLetteringOnMessageExpiration?: boolean;
  readonly DefaultMessageTimeToLive?: string;
  readonly LockDuration?: string;
  readonly MaxDeliveryCount?: number;
  readonly RequiresSession?: boolean;
  readonly RequiresDuplicateDetection?: boolean;
  readonly DuplicateDetectionHistoryTimeWindow?: string;
  readonly MaxSizeInMegabytes?: number;
  readonly Status?: EntityStatus;
  readonly DeadLetteringOnFilterEvaluationExceptions?: boolean;
  readonly UserMetadata?: string;
  readonly ForwardTo?: string;
  readonly ForwardDeadLetteredMessagesTo?: string;
}

export type EntityStatus = 'Active' | 'Disabled' | 'SendDisabled' | 'ReceiveDisabled';

export interface QueueConfig {
  readonly Name: string;
  readonly Properties?: EntityProperties;
}

export interface TopicConfig {
  readonly Name: string;
  readonly Properties?: EntityProperties;
  readonly Subscriptions?: readonly SubscriptionConfig[];
}

export interface SubscriptionConfig {
  readonly Name: string;
  readonly Properties?: EntityProperties;
  readonly Rules?: readonly RuleConfig[];
}

export interface RuleConfig {
  readonly Name: string;
  readonly Properties: {
    readonly FilterType: 'Correlation' | 'Sql';
    readonly CorrelationFilter?: {
      readonly ContentType?: string;
      readonly CorrelationId?: string;
      readonly Label?: string;
      readonly MessageId?: string;
      readonly ReplyTo?: string;
      readonly ReplyToSessionId?: string;
      readonly SessionId?: string;
      readonly To?: string;
      readonly Properties?: Readonly<Record<string, string | number | boolean>>;
    };
    readonly SqlFilter?: { readonly SqlExpression: string };
    readonly Action?: { readonly SqlExpression?: string };
  };
}

const DURATION = /^P(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const DAY_MS = 86_400_000;
/** Anything of this length means "never": the service's own maximum is 10675199 days. */
const NEVER_DAYS = 10_000_000;

/** Milliseconds of an ISO 8601 duration of days and smaller, or -1 for the service's "never". @throws RangeError for anything else. */
export function durationMs(duration: string): number {
  const match = DURATION.exec(duration);
  if (!match || duration === 'P' || duration.endsWith('T')) throw new RangeError(`'${duration}' is no ISO 8601 duration of days, hours, minutes and seconds.`);
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  if (days >= NEVER_DAYS) return -1;
  return days * DAY_MS + hours * 3_600_000 + minutes * 60_000 + seconds * 1000;
}
