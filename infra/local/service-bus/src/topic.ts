import type { MessageStore } from './message-store.ts';
import { FilterSubject } from './rule/filter-subject.ts';
import { type Rule } from './rule/rule.ts';
import type { Content } from './wire/content.ts';

/** A subscription: its messages, and the rules that choose them. */
export class Subscription {
  readonly name: string;
  readonly store: MessageStore;
  /** As the topology declares them, for telling a changed topology from rules changed at run time. */
  readonly declaredRules: readonly Rule[];
  rules: readonly Rule[];

  constructor(name: string, store: MessageStore, rules: readonly Rule[]) {
    this.name = name;
    this.store = store;
    this.declaredRules = rules;
    this.rules = rules;
  }

  /** Any rule that matches is enough; no rules match nothing (specification §11.2). */
  accepts(subject: FilterSubject): boolean {
    for (const rule of this.rules) if (rule.matches(subject)) return true;
    return false;
  }
}

/** Where a client may send: a queue delivers to itself, a topic to the subscriptions whose rules match. */
export interface Destination {
  readonly path: string;
  /** Holds scheduled messages, and for a queue all others too. */
  readonly store: MessageStore;
  /** The entities that get a copy. */
  route(content: Content): readonly MessageStore[];
}

export class Queue implements Destination {
  readonly path: string;
  readonly store: MessageStore;
  readonly #itself: readonly MessageStore[];

  constructor(store: MessageStore) {
    this.path = store.path;
    this.store = store;
    this.#itself = [store];
  }

  route(): readonly MessageStore[] {
    return this.#itself;
  }
}

export class Topic implements Destination {
  readonly path: string;
  readonly store: MessageStore;
  readonly subscriptions: readonly Subscription[];

  constructor(store: MessageStore, subscriptions: readonly Subscription[]) {
    this.path = store.path;
    this.store = store;
    this.subscriptions = subscriptions;
  }

  route(content: Content): readonly MessageStore[] {
    const subject = new FilterSubject(content);
    const stores: MessageStore[] = [];
    for (const subscription of this.subscriptions) if (subscription.accepts(subject)) stores.push(subscription.store);
    return stores;
  }
}
