import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a forwarding queue hands its messages on, and cannot be received from itself',
  source: documented('service-bus-auto-forwarding', 'Enable autoforwarding'),
  entities: { queues: { target: {}, source: { forwardTo: 'target' } } },
  async run(bus) {
    await bus.sender('source').sendMessages({ body: 'onward', messageId: 'm', applicationProperties: { kept: 1 } });
    expect(await receiveOne(bus.receiver('target'))).toMatchObject({ body: 'onward', messageId: 'm', applicationProperties: { kept: 1 } });
    await expect(bus.newClient().createReceiver(bus.nameOf('source')).receiveMessages(1)).rejects.toMatchObject({ name: 'ServiceBusError' });
  },
};
