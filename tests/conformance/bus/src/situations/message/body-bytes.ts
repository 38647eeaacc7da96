import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a body of bytes arrives byte by byte',
  source: documented('service-bus-messages-payloads', 'Payload serialization'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const body = Buffer.from(Array.from({ length: 1024 }, (_unused, index) => index % 256));
    await bus.sender('orders').sendMessages({ body });
    expect(Buffer.compare((await receiveOne(bus.receiver('orders'))).body as Buffer, body)).toBe(0);
  },
};
