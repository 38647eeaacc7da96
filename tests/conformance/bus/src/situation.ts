import type { CreateQueueOptions, CreateSubscriptionOptions, CreateTopicOptions } from '@azure/service-bus';
import type { Bus } from './harness/bus.ts';
import type { Platform } from './harness/platform.ts';

/** One thing Azure Service Bus promises, and how to see that it is kept. Every file under `situations/` exports one, as `situation`. */
export interface Situation {
  /** What Azure promises, as one sentence; the name of the test. */
  readonly promise: string;
  readonly source: Source;
  readonly entities?: Entities;
  /** Where it cannot be shown, and why. It is reported there as skipped. */
  readonly notOn?: Partial<Record<Platform, string>>;
  /** Throws when the promise is broken. */
  run(bus: Bus): Promise<void>;
}

/** What is made before, and removed after. Names are local to the situation; `forwardTo` and `forwardDeadLetteredMessagesTo` are such names too. */
export interface Entities {
  readonly queues?: Readonly<Record<string, CreateQueueOptions>>;
  readonly topics?: Readonly<Record<string, CreateTopicOptions & { readonly subscriptions: Readonly<Record<string, CreateSubscriptionOptions>> }>>;
}

/** How the promise is known: Microsoft says so, the client library's tests against the service say so, somebody saw it, or it is only likely. */
export type Source =
  | { readonly kind: 'documented'; readonly page: string; readonly section: string }
  | { readonly kind: 'client tests'; readonly of: string }
  | { readonly kind: 'observed'; readonly issue: string }
  | { readonly kind: 'assumed'; readonly because: string };

/** A page below https://learn.microsoft.com/azure/service-bus-messaging/, and the section of it. */
export const documented = (page: string, section: string): Source => ({ kind: 'documented', page, section });

/** Tests of `@azure/service-bus` that run against the service (https://github.com/Azure/azure-sdk-for-js, sdk/servicebus/service-bus/test). */
export const clientTests = (of: string): Source => ({ kind: 'client tests', of });

/** Somebody who used the service saw it and wrote it down, as `owner/repository#number` on GitHub. */
export const observed = (issue: string): Source => ({ kind: 'observed', issue });

/** Doubt these first. */
export const assumed = (because: string): Source => ({ kind: 'assumed', because });
