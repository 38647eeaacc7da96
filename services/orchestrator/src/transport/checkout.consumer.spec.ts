import 'reflect-metadata';
import { checkout as contract, inventory, topology } from '@checkout/contracts';
import { PATTERN_METADATA } from '@nestjs/microservices/constants.js';
import { AnswerHold } from '../application/answer-hold.ts';
import { ContinueCheckout } from '../application/continue-checkout.ts';
import { StartCheckout } from '../application/start-checkout.ts';
import { checkout } from '../domain/checkout.saga.ts';
import { CheckoutConsumer } from './checkout.consumer.ts';

const consumer = new CheckoutConsumer(new StartCheckout(), new ContinueCheckout(), new AnswerHold());
const methods = Object.getOwnPropertyNames(CheckoutConsumer.prototype)
  .map((name) => (CheckoutConsumer.prototype as unknown as Record<string, () => unknown>)[name])
  .filter((method) => method !== undefined);
const listened = new Map(methods.flatMap((method) => (Reflect.getMetadata(PATTERN_METADATA, method) as string[] | undefined ?? []).map((type) => [type, method.call(consumer)])));

const replies = [...(checkout.stalled ? [checkout.stalled.says] : []), ...checkout.steps.flatMap((step) => [
  step.succeeds,
  ...(step.kind === 'retriable' ? [] : [step.fails]),
  ...(step.kind === 'compensatable' ? [step.compensated] : []),
])];

describe('the consumer', () => {
  it('hands requests to the one handler and every reply that the saga waits for to the other', () => {
    expect(listened.get(contract.CheckoutRequested.type)).toBeInstanceOf(StartCheckout);
    for (const { type } of replies) expect([type, listened.get(type)]).toEqual([type, expect.any(ContinueCheckout)]);
    expect(listened.get(inventory.StockHoldOverdue.type)).toBeInstanceOf(AnswerHold);
    expect(listened.size).toBe(replies.length + 2);
  });

  it('receives the topics that they travel on', () => {
    const received = topology.filter(({ subscriptions }) => subscriptions.some(({ name }) => name === 'orchestrator')).map(({ name }) => name);
    expect(new Set([contract.CheckoutRequested, ...replies].map(({ topic }) => topic))).toEqual(new Set(received));
  });
});
