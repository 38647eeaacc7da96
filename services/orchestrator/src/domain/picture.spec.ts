import { aCheckout, aRefund } from '@checkout/contracts/testing';
import { mermaid, table } from '@checkout/saga';
import { readFileSync } from 'node:fs';
import { checkout } from './checkout.saga.ts';
import { refund } from './refund.saga.ts';

const readme = readFileSync(`${import.meta.dirname}/../../README.md`, 'utf8');
const { body: example } = aCheckout();

it('shows the saga in the README as it is declared', () => {
  expect(readme).toContain(table(checkout, example));
  expect(readme).toContain(mermaid(checkout, example));
});

it('shows the saga of a refund in the README as it is declared', () => {
  const { body } = aRefund();
  const results = { 'refund payment': { parts: body.parts } };
  expect(readme).toContain(table(refund, body, results));
  expect(readme).toContain(mermaid(refund, body, results));
});
