import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'application properties keep their type: text, whole and broken numbers, truth values and null',
  source: documented('service-bus-messages-payloads', 'Application properties'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const applicationProperties = {
      text: 'Kaffee, 2 €', empty: '', whole: 42, negative: -7, large: 4_102_444_800_000, broken: 0.1, yes: true, no: false, nothing: null,
    };
    await bus.sender('orders').sendMessages({ body: 1, applicationProperties });
    expect((await receiveOne(bus.receiver('orders'))).applicationProperties).toEqual(applicationProperties);
  },
};
