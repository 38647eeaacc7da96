import type { Retold } from './re-enact.ts';

/** The outage of each scene is told as if it had begun at half past four in the morning, like the one that this product is for. */
const halfPastFour = Date.UTC(2000, 0, 1, 4, 30);

/** The time line and the account of one scene, for people. */
export function tellScene({ scene, beganAt, healedAt, entries, diagnosis, account, failures }: Retold): string {
  const clock = (at: number): string => new Date(halfPastFour + at - beganAt).toISOString().slice(11, 21);
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
  return [
    `── ${scene.name} ${'─'.repeat(Math.max(0, 96 - scene.name.length))}`,
    ...entries.map(({ at, text }) => `  ${clock(at)}  ${text}`),
    '',
    fact('started', diagnosis ? `${clock(diagnosis.firstAt)} by the system's own evidence, ${seconds(diagnosis.firstAt - beganAt)} after the first failing call was possible` : 'nobody said'),
    fact('lasted', seconds(healedAt - beganAt)),
    fact('failing layer', diagnosis?.layer ?? 'unknown'),
    ...(diagnosis ? [fact('because', `${diagnosis.strongest.by} said: ${cut(diagnosis.strongest.what)}`), fact('', `${diagnosis.pieces} pieces of evidence in all, from ${diagnosis.from.join(', ')}`)] : []),
    fact('scope', account.tills === 0 ? 'no till noticed' : `${account.tenants} tenants, ${account.stores} stores, ${account.tills} tills had a sale that was delayed or kept`),
    fact('accepted', `${account.accepted} of ${account.sales} sales while the customer waited (${(account.acceptedShare * 100).toFixed(1)} %)`),
    fact('delayed', account.delayed === 0 ? '0' : `${account.delayed} were accepted at once and finished late; the slowest took ${seconds(account.longestMs)}`),
    fact('refused', account.refused === 0 ? '0' : `${account.refused} at the counter; the tills kept them, and ${account.keptAndSentLater} were accepted later`),
    fact('lost', String(account.lost)),
    fact('charged twice', String(account.chargedTwice)),
    fact('receipts', account.receiptGaps === 0 ? 'numbered without a gap' : `${account.receiptGaps} FAULTS in the numbers`),
    fact('dead letters', String(account.deadLetters)),
    ...(failures.length === 0 ? ['', '  SURVIVED'] : ['', ...failures.map((failure) => `  FAILED: ${failure}`)]),
    '',
  ].join('\n');
}

const longest = 120;
const cut = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}…` : text);

const fact = (name: string, text: string): string => `  ${name.padEnd(14)} ${text}`;
