import { breakfast, card, cash, totalOf, type BasketLine } from './baskets.ts';
import { exitOnSignals } from './ending.ts';
import { quietLog } from './logs.ts';
import { Network } from './network.ts';
import { seed } from './seed.ts';
import { TemporaryDirectory } from './temporary-directory.ts';
import { Till } from './till.ts';

/** Boots the whole system on an empty state, sells, and stops it: what a first-time visitor wants to see. */
const say = (text: string): void => void process.stdout.write(`${text}\n`);
exitOnSignals();
using stateDirectory = new TemporaryDirectory('checkout-demo-');
const { log, last } = quietLog();
let network: Network | undefined;

try {
  say('Starting the whole system (two stand-ins, identity, payment provider, five services) ...');
  network = await Network.create({ stateDirectory: stateDirectory.path, ports: 'free', log });
  await seed(network);
  const till = await Till.signIn(network, 'LEEDS-01-T1');
  const sell = async (what: string, expected: string, lines: readonly BasketLine[], tenders: (total: number) => ReturnType<typeof card | typeof cash>[]) => {
    const totalMinor = totalOf(lines);
    const { body } = await till.checkout({ lines: [...lines], currency: 'GBP', totalMinor, tenders: tenders(totalMinor) });
    say(`\n== ${what}: ${body.state}, money moved: ${body.moneyMoved}. ${body.action}`);
    if (body.reason) say(`   because: ${body.reason.message}`);
    if (body.state === 'completed') say(`\n${await till.receiptText(body.saleId)}`);
    if (body.state !== expected) throw new Error(`${what} should have been ${expected}, but was ${JSON.stringify(body)}`);
  };

  await sell('By card', 'completed', breakfast, (total) => [card(total)]);
  await sell('By cash', 'completed', breakfast.slice(0, 2), (total) => [cash(total, 1_000)]);
  await sell('Card declined', 'declined', breakfast, (total) => [card(total, 'tok_declined')]);
  await sell('Out of stock', 'rejected', [{ sku: 'WIN-01', quantity: 501 }], (total) => [card(total)]);
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n\nThe last lines of the system:\n${last()}\n`);
} finally {
  await network?.stop();
}
