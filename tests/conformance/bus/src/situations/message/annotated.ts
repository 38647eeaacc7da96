import { clientTests, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'header, annotations and footer of an AMQP message arrive with it',
  source: clientTests('amqpAnnotatedMessage: round trip'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages({
      body: 'annotated', bodyType: 'data', header: { durable: true, priority: 7 }, messageAnnotations: { till: 'three' }, footer: { checked: 'by hand' },
      properties: { groupSequence: 9 },
    });
    const { _rawAmqpMessage: raw } = await receiveOne(bus.receiver('orders'));
    expect(raw.header).toMatchObject({ durable: true, priority: 7, deliveryCount: 0 });
    expect(raw.messageAnnotations).toMatchObject({ till: 'three' });
    expect(raw.footer).toEqual({ 'checked': 'by hand' });
    expect(raw.properties).toMatchObject({ groupSequence: 9 });
  },
};
