// Payment as a process of its own, which a test kills. SQL and PROVIDER say where it is; DIES, as `before 1` or `after 2`, names the commit around which it takes its
// own life; WORK is a message that it handles, RECONCILE has it compare the books, SECRET has it take webhooks, at a port that it prints.
import 'reflect-metadata';
import type { TokenVerifier } from '@checkout/auth';
import { payment as contracts, type Message } from '@checkout/contracts';
import { createHttpApp } from '@checkout/http';
import { Health } from '@checkout/observability';
import { capturePayment } from '../application/capture-payment.ts';
import { refundPayment } from '../application/refund-payment.ts';
import { voidPayment } from '../application/void-payment.ts';
import { instance } from './instance.ts';

const { SQL = '', PROVIDER = '', DIES = '', WORK, RECONCILE, SECRET } = process.env;
/** No clean-up, no farewell: as a power cut. */
const dies = (moment: string): void => {
  if (moment === DIES) process.kill(process.pid, 'SIGKILL');
};
const payment = instance({
  connectionString: SQL,
  providerUrl: PROVIDER,
  webhookSecrets: SECRET === undefined ? [] : [SECRET],
  aroundCommit: async (number, commit) => {
    dies(`before ${number}`);
    await commit();
    dies(`after ${number}`);
  },
  // What it tells is left in the outbox.
  insteadOfSend: () => new Promise(() => {}),
});

if (WORK !== undefined) {
  const { id, message } = JSON.parse(WORK) as { readonly id: string; readonly message: Message & { body: { tenantId: string } } };
  const handlers: Readonly<Record<string, unknown>> = { [contracts.CapturePayment.type]: capturePayment, [contracts.VoidPayment.type]: voidPayment, [contracts.RefundPayment.type]: refundPayment };
  await payment.deliver(handlers[message.type], message, id);
}
if (RECONCILE !== undefined) await payment.reconcile();
if (SECRET !== undefined) {
  const app = await createHttpApp(payment.module, { logger: payment.logger, health: new Health('payment'), verifier: {} as TokenVerifier, metrics: false });
  process.stdout.write(`${await app.listen(0, '127.0.0.1')}\n`);
}
// Until it is killed.
setInterval(() => {}, 60_000);
