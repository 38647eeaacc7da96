import { once } from 'node:events';
import rhea, { type Delivery, type EventContext, type Message } from 'rhea';

/** Sends what the SDK would refuse to send: whoever has the right to send may use another client. */
export interface PlainSender extends AsyncDisposable {
  /** Resolves when the bus has it. @throws what the bus says when it takes it not. */
  send(message: Message | Buffer): Promise<void>;
}

export async function openPlainSender(port: number, topic: string): Promise<PlainSender> {
  const connection = rhea.create_container().connect({ port, host: 'localhost', username: 'anonymous', reconnect: false });
  connection.on('disconnected', () => undefined); // rhea would print it.
  const sender = connection.open_sender({ target: { address: topic } });
  await once(sender, 'sendable');
  const waiting = new Map<Delivery, { resolve(): void; reject(error: unknown): void }>();
  const settle = (context: EventContext, how: (waiter: { resolve(): void; reject(error: unknown): void }) => void): void => {
    const waiter = context.delivery && waiting.get(context.delivery);
    if (waiter) how(waiter);
  };
  sender.on('accepted', (context: EventContext) => settle(context, ({ resolve }) => resolve()));
  sender.on('rejected', (context: EventContext) => settle(context, ({ reject }) => reject(new Error(JSON.stringify(context.delivery?.remote_state)))));
  return {
    send: (message) => new Promise((resolve, reject) => {
      const delivery = Buffer.isBuffer(message) ? sender.send(message, undefined, 0) : sender.send(message);
      waiting.set(delivery, { resolve, reject });
    }),
    [Symbol.asyncDispose]: async () => {
      const closed = once(connection, 'connection_close');
      connection.close();
      await closed;
    },
  };
}

/** A message without any body section, which rhea itself cannot make: it would write an empty value. */
export const withoutBody = (message: Message): Buffer => {
  const emptyValue = 4; // bytes
  return rhea.message.encode({ ...message, body: null }).subarray(0, -emptyValue);
};
