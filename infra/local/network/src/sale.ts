import { setTimeout as sleep } from 'node:timers/promises';
import { uuidv7 } from '@checkout/kernel';
import { breakfast, card, totalOf } from './baskets.ts';
import { Site } from './site.ts';
import { Till } from './till.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const till = await Till.signIn(Site.ofStart(), 'LEEDS-01-T1').catch((error: unknown) => {
  process.stderr.write(`No running system was found: ${error instanceof Error ? error.message : String(error)}. Run npm start in another terminal first.\n`);
  process.exit(1);
});

const commandId = uuidv7();
const totalMinor = totalOf(breakfast);
const accepted = await till.checkout({ lines: [...breakfast], currency: 'GBP', totalMinor, tenders: [card(totalMinor)] }, { commandId, waitSeconds: 0 });
say(`POST /v1/checkouts  ${accepted.status}  ${accepted.headers.get('location') ?? JSON.stringify(accepted.body)}`);
if (accepted.status !== 202) process.exit(1);

const giveUpAt = Date.now() + 30_000;
let { body: sale } = await till.status(commandId);
while ((sale.state === 'accepted' || sale.state === 'needs-attention') && Date.now() < giveUpAt) {
  await sleep(50);
  ({ body: sale } = await till.status(commandId));
}
say(`GET  /v1/checkouts/${commandId}  ${sale.state}: ${sale.action}\n`);
if (sale.state !== 'completed') process.exit(1);
say(await till.receiptText(sale.saleId));
