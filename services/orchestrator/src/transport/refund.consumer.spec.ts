import 'reflect-metadata';
import { refund as contract, topology } from '@checkout/contracts';
import { PATTERN_METADATA } from '@nestjs/microservices/constants.js';
import { ContinueRefund } from '../application/continue-refund.ts';
import { StartRefund } from '../application/start-refund.ts';
import { refund } from '../domain/refund.saga.ts';
import { RefundConsumer } from './refund.consumer.ts';

const consumer = new RefundConsumer(new StartRefund(), new ContinueRefund());
const methods = Object.getOwnPropertyNames(RefundConsumer.prototype)
  .map((name) => (RefundConsumer.prototype as unknown as Record<string, () => unknown>)[name])
  .filter((method) => method !== undefined);
const listened = new Map(methods.flatMap((method) => (Reflect.getMetadata(PATTERN_METADATA, method) as string[] | undefined ?? []).map((type) => [type, method.call(consumer)])));

const replies = [...(refund.stalled ? [refund.stalled.says] : []), ...refund.steps.flatMap((step) => [step.succeeds, ...(step.kind === 'retriable' ? [] : [step.fails])])];

it('hands requests to the one handler and every reply that the saga waits for to the other', () => {
  expect(listened.get(contract.RefundRequested.type)).toBeInstanceOf(StartRefund);
  for (const { type } of replies) expect([type, listened.get(type)]).toEqual([type, expect.any(ContinueRefund)]);
  expect(listened.size).toBe(replies.length + 1);
});

it('receives the topics that they travel on', () => {
  const received = topology.filter(({ subscriptions }) => subscriptions.some(({ name }) => name === 'orchestrator')).map(({ name }) => name);
  expect(new Set([contract.RefundRequested, ...replies].map(({ topic }) => topic))).toEqual(new Set(received));
});
