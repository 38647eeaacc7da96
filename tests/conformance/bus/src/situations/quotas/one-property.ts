import { observed, type Situation } from '../../situation.ts';
import { bodies } from '../../steps.ts';

export const situation: Situation = {
  promise: 'an application property beyond 32 KB is refused, with an error that looks as if trying again could help',
  source: observed('Azure/azure-sdk-for-net#15325'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const sender = bus.sender('orders');
    await sender.sendMessages({ body: 'fits', applicationProperties: { trace: 'x'.repeat(31 * 1024) } });
    await expect(sender.sendMessages({ body: 'does not', applicationProperties: { trace: 'x'.repeat(33 * 1024) } })).rejects.toMatchObject({ code: 'GeneralError', retryable: true });
    expect(bodies(await bus.peek('orders'))).toEqual(['fits']);
  },
};
