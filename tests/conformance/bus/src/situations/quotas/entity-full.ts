import { documented, type Situation } from '../../situation.ts';
import { eventually, receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a full entity refuses messages with QuotaExceeded until some are taken out',
  source: documented('service-bus-messaging-exceptions', 'QuotaExceeded'),
  notOn: { azure: 'an entity holds 1 GB at least', emulator: 'an entity holds 1 GB at least' },
  entities: { queues: { orders: { maxSizeInMegabytes: 1 } } },
  async run(bus) {
    const sender = bus.sender('orders');
    const piece = { body: Buffer.alloc(200 * 1024) };
    let isFull = false;
    for (let sent = 0; sent < 10 && !isFull; sent += 1) {
      await sender.sendMessages(piece).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'QuotaExceeded', retryable: false });
        isFull = true;
      });
    }
    expect(isFull).toBe(true);
    await receiveOne(bus.receiver('orders', { receiveMode: 'receiveAndDelete' }));
    await eventually(() => sender.sendMessages({ body: 'fits again' }));
  },
};
