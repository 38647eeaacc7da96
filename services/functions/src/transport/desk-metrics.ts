import type { app as App } from '@azure/functions';
import { collectProcessMetrics, gauge, metricsContentType, metricsText } from '@checkout/observability';
import type { Group } from '../application/ports.ts';
import type { Desk } from '../desk.ts';
import { ageOf } from '../domain/age.ts';

/**
 * `GET /v1/metrics`: dead letters that wait, by subscription, reason and age, read from the index when somebody looks. Signatures and tenants are
 * not among the labels: there is no end of them, and `GET /v1/dead-letters/groups` tells of each.
 */
export function showMetrics(app: typeof App, desk: Pick<Desk, 'groups'>): void {
  collectProcessMetrics();
  const waiting = gauge('dead_letters_waiting', 'Dead letters that wait for somebody', ['topic', 'subscription', 'reason', 'age']);
  const groups = gauge('dead_letter_groups', 'Causes that dead letters wait for', ['topic', 'subscription']);
  const oldest = gauge('dead_letters_oldest_seconds', 'How long the oldest dead letter has waited', ['topic', 'subscription', 'reason']);
  app.http('metrics', {
    methods: ['GET'], route: 'metrics', authLevel: 'anonymous',
    handler: async () => {
      const now = new Date();
      const found = await desk.groups.groups({ scope: 'all-tenants' });
      for (const each of [waiting, groups, oldest]) each.reset();
      for (const group of found) {
        const { topic, subscription, facts: { reason } } = group;
        groups.inc({ topic, subscription });
        // Letters are counted by the hour in which they failed; none of them failed before the first of its group.
        for (const { hour, waiting: count } of group.hours) waiting.inc({ topic, subscription, reason, age: ageOf(hour > group.firstFailedAt ? hour : group.firstFailedAt, now) }, count);
      }
      for (const [first] of Map.groupBy(found.toSorted(byAge), ({ topic, subscription, facts }) => `${topic}/${subscription}/${facts.reason}`).values()) {
        if (first) oldest.set({ topic: first.topic, subscription: first.subscription, reason: first.facts.reason }, (now.getTime() - first.firstFailedAt.getTime()) / 1_000);
      }
      return { body: await metricsText(), headers: { 'content-type': metricsContentType } };
    },
  });
}

const byAge = (left: Group, right: Group): number => left.firstFailedAt.getTime() - right.firstFailedAt.getTime();
