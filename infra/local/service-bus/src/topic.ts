import { Encoding } from './log/encoding.ts';
import type { MessageStore } from './message-store.ts';
import { FilterSubject } from './rule/filter-subject.ts';
import { type Rule } from './rule/rule.ts';

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
}

/** Where a client may send: a queue delivers to itself, a topic to the subscriptions whose rules match. */
export interface Destination {
  readonly path: string;
  /** Holds scheduled messages, and for a queue all others too. */
  readonly store: MessageStore;
  /** What it holds, for its quota: a topic as much as the fullest of its subscriptions. */
  readonly bytes: number;
  /** Names the entities that get a copy, and what they get: a rule's action may have changed it. */
  route(encoding: Encoding, deliver: (store: MessageStore, encoding: Encoding) => void): void;
}

export class Queue implements Destination {
  readonly path: string;
  readonly store: MessageStore;

  constructor(store: MessageStore) {
    this.path = store.path;
    this.store = store;
  }

  get bytes(): number {
    return bytesOf(this.store);
  }

  route(encoding: Encoding, deliver: (store: MessageStore, encoding: Encoding) => void): void {
    deliver(this.store, encoding);
  }
}

export class Topic implements Destination {
  readonly path: string;
  readonly store: MessageStore;
  readonly subscriptions: Subscription[] = [];

  constructor(store: MessageStore) {
    this.path = store.path;
    this.store = store;
  }

  get bytes(): number {
    let fullest = 0;
    for (const { store } of this.subscriptions) fullest = Math.max(fullest, bytesOf(store));
    return this.store.bytes + fullest;
  }

  route(encoding: Encoding, deliver: (store: MessageStore, encoding: Encoding) => void): void {
    const { content } = encoding;
    const subject = new FilterSubject(content);
    for (const { store, rules } of this.subscriptions) {
      let isPlain = false;
      for (const rule of rules) {
        if ((!rule.change && isPlain) || !rule.matches(subject)) continue;
        // Every rule with an action makes a copy of its own; all without one make one together (specification §11.2).
        if (rule.change) deliver(store, Encoding.of(rule.change(content)));
        else isPlain = true;
      }
      if (isPlain) deliver(store, encoding);
    }
  }
}

/** Dead letters count too. */
const bytesOf = (store: MessageStore): number => store.bytes + (store.deadLetterQueue?.bytes ?? 0);
