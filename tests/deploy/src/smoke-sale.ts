import { setTimeout as sleep } from 'node:timers/promises';
import { uuidv7 } from '@checkout/kernel';

export interface SmokeOptions {
  readonly frontDoorUrl: string;
  /** Of a till of the shop that is there for this. */
  readonly token: string;
  readonly sku: string;
  readonly priceMinor: number;
  readonly currency: string;
  readonly limitMs?: number;
}

/**
 * One sale, paid in cash, by the way that tills go: the least that a deployment must be able to do. Nobody's card is asked, so nobody's money moves.
 * @returns how it ended.
 * @throws Error when it did not end as a sale in time, with the last answer.
 */
export async function smokeSale({ frontDoorUrl, token, sku, priceMinor, currency, limitMs = 120_000 }: SmokeOptions): Promise<string> {
  const commandId = uuidv7();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': commandId };
  const body = JSON.stringify({ lines: [{ sku, quantity: 1 }], currency, totalMinor: priceMinor, tenders: [{ type: 'cash', amountMinor: priceMinor, tenderedMinor: priceMinor }] });
  const giveUpAt = Date.now() + limitMs;
  let last = '';
  while (Date.now() < giveUpAt) {
    // The same command again until it is answered, as a till does.
    const answer = await fetch(`${frontDoorUrl}/v1/checkouts`, { method: 'POST', headers, body, signal: AbortSignal.timeout(20_000) }).catch((error: unknown) => String(error));
    last = typeof answer === 'string' ? answer : `${answer.status} ${await answer.text()}`;
    const { state, retryable } = read(last);
    if (state === 'completed') return last;
    if (state === 'declined' || state === 'rejected' || state === 'cancelled' || retryable === false) break;
    await sleep(1_000);
  }
  throw new Error(`The smoke sale ${commandId} did not end as a sale: ${last}`);
}

function read(answer: string): { readonly state?: string; readonly retryable?: boolean } {
  try {
    return JSON.parse(answer.slice(answer.indexOf('{'))) as { state?: string; retryable?: boolean };
  } catch {
    return {};
  }
}
