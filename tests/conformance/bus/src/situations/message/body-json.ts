import { clientTests, type Situation } from '../../situation.ts';
import { bodies, receive } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a body of any JSON value arrives equal, null and text with every kind of character among them',
  source: clientTests('sendAndSchedule: body types'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const sent = [{ lines: [{ sku: 'a', quantity: 2 }], note: null }, [1, 'two', false], 'naïve 𝄞 \u0000 "quoted"', 12.5, true, null];
    await bus.sender('orders').sendMessages(sent.map((body) => ({ body })));
    expect(bodies(await receive(bus.receiver('orders'), sent.length))).toEqual(sent);
  },
};
