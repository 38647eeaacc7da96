import { clientTests, type Situation } from '../../situation.ts';
import { bodies, eventually, receiveOne, sleep } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a closed subscription takes nothing more, and what its handler still works on can be settled before the link goes',
  source: clientTests('streamingReceiver: close'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const sender = bus.sender('orders');
    const receiver = bus.receiver('orders');
    let begun = false;
    let isSettled = false;
    const subscription = receiver.subscribe({
      processMessage: async (message) => {
        begun = true;
        await sleep(200);
        await receiver.completeMessage(message);
        isSettled = true;
      },
      processError: () => Promise.resolve(),
    }, { autoCompleteMessages: false });
    await sender.sendMessages({ body: 'under way' });
    await eventually(() => { expect(begun).toBe(true); });
    await subscription.close();
    await sender.sendMessages({ body: 'later' });
    await eventually(() => { expect(isSettled).toBe(true); });
    expect(bodies(await bus.peek('orders'))).toEqual(['later']);
    expect((await receiveOne(bus.receiver('orders'))).deliveryCount).toBe(0);
  },
};
