import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'the properties that a sender sets arrive as they were set',
  source: documented('service-bus-messages-payloads', 'Broker properties'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const properties = {
      messageId: 'message-7', subject: 'sale', to: 'desk', replyTo: 'answers', replyToSessionId: 'till-3', correlationId: 'sale-1', contentType: 'application/json',
      timeToLive: 3_600_000,
    };
    await bus.sender('orders').sendMessages({ body: 1, ...properties });
    expect(await receiveOne(bus.receiver('orders'))).toMatchObject(properties);
  },
};
