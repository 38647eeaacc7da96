import { runbookFaults } from './runbooks.ts';
import { Tree } from './tree.ts';

it('links every alert to a page that speaks of what there is', () => {
  expect(runbookFaults(Tree.root)).toEqual([]);
});

describe('a mistake in alerts or runbooks is found:', () => {
  it.each<[string, string, string, string, RegExp]>([
    ['an alert without a page', 'infra/azure/alerts.bicep', "name: 'outbox-age'", "name: 'outbox'", /links to outbox, which is no runbook/],
    ['a text that nobody writes', 'infra/azure/alerts.bicep', 'checkout needs attention', 'checkout needs help', /nobody writes "checkout needs help"/],
    ['a table over a text that nobody writes', 'infra/azure/workbook.json', 'a message is dead-lettered', 'a message has died', /nobody writes "a message has died"/],
    ['a metric that is not sent', 'infra/azure/alerts.bicep', "metric: 'accept_total'", "metric: 'cart_checkouts_accepted_total'", /asks for cart_checkouts_accepted_total, which Application Insights is not sent/],
    ['a metric that is sent for nothing', 'infra/azure/alerts.bicep', "metric: 'unknown_total'", "metric: 'accept_total'", /is sent unknown_total, and nobody asks for it/],
    ['OP19 a comparison of the books that nobody would miss', 'infra/azure/alerts.bicep', "metric: 'payment_books_age_seconds'", "metric: 'accept_total'", /is sent payment_books_age_seconds, and nobody asks for it/],
    ['a metric that is none', 'docs/runbooks/outbox-age.md', 'outbox_left_chunks', 'outbox_age_seconds', /outbox_age_seconds, which is no metric/],
    ['a route that nobody serves', 'docs/runbooks/needs-attention.md', '/v1/payments/', '/v1/tenders/', /calls \/v1\/tenders/],
  ])('%s', (_, path, right, wrong, says) => {
    expect(Tree.withMistake(path, right, wrong, runbookFaults)).toEqual(expect.arrayContaining([expect.stringMatching(says)]));
  });
});
