import { codes, refundWords, saleWords, type CodeMeaning } from '../errors.ts';

/** `docs/errors.md`: every error and every end of a sale, as a till and its operator meet them. */
export function errorsPage(): string {
  return `# Errors, and how sales end

Generated from \`libs/contracts/src/errors.ts\` by \`npm run generate\`.

Every error is a problem document (RFC 9457, \`application/problem+json\`). Programs match on \`code\`; \`title\` and \`action\` are for people, in the
language of \`Accept-Language\` (English or German). Besides:

| member | says |
|---|---|
| \`outcome\` | \`not_accepted\`: this request left nothing behind. \`accepted\`: it stands. \`unknown\`: nobody can say; the same request under the same key finds out |
| \`moneyMoved\` | \`no\`, \`yes\`, or \`unknown\`: do not charge again |
| \`retryable\`, \`retryAfterMs\` | whether the same request may succeed, and not before when (also \`Retry-After\`; with jitter) |
| \`dependencies\` | what is down, by the name of its breaker: \`cart/accept\` is cart's database in the lane of accepting, \`service-bus/checkout-requests\` the bus |
| \`incidentId\` | the outage, while its breaker is open: the same id stands in the logs |
| \`commandId\`, \`saleId\`, \`traceId\` | what to say when calling support |
| \`errors\` | what is wrong where: \`pointer\` (RFC 6901), \`code\`, \`detail\`; never the input itself |

\`not_accepted\` speaks of one request. A till that was once told \`unknown\` of a command keeps that command, and sends it again until it is told
\`accepted\` or refused, whatever else it is told in between.

## Codes

| code | status | retryable | outcome | money moved | what happened | what to do |
|---|---|---|---|---|---|---|
${Object.entries<CodeMeaning>(codes).map(([code, { status, retryable, outcome, moneyMoved, texts: { en, de } }]) =>
  `| \`${code}\` | ${status} | ${retryable ? 'yes' : 'no'} | ${outcome} | ${moneyMoved} | ${en.title}<br>*${de.title}* | ${en.action}<br>*${de.action}* |`).join('\n')}

## How a sale stands

| word | money moved | what happened | what to do |
|---|---|---|---|
${Object.entries(saleWords).map(([word, { moneyMoved, texts: { en, de } }]) => `| ${word} | ${moneyMoved} | ${en.title}<br>*${de.title}* | ${en.action}<br>*${de.action}* |`).join('\n')}

## How a refund stands

| word | money moved | what happened | what to do |
|---|---|---|---|
${Object.entries(refundWords).map(([word, { moneyMoved, texts: { en, de } }]) => `| ${word} | ${moneyMoved} | ${en.title}<br>*${de.title}* | ${en.action}<br>*${de.action}* |`).join('\n')}
`;
}
