import { clientTests, type Situation } from '../../situation.ts';
import { receive } from '../../steps.ts';

export const situation: Situation = {
  promise: 'an AMQP body keeps its kind: data, value or sequence',
  source: clientTests('amqpAnnotatedMessage: sequence, value and data'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages([
      { bodyType: 'data', body: 'data' }, { bodyType: 'value', body: { as: 'value' } }, { bodyType: 'sequence', body: ['as', 1, 'sequence'] },
    ]);
    const received = await receive(bus.receiver('orders'), 3);
    expect(received.map(({ _rawAmqpMessage: raw, body }) => [raw.bodyType, body as unknown])).toEqual([
      ['data', 'data'], ['value', { as: 'value' }], ['sequence', ['as', 1, 'sequence']],
    ]);
  },
};
