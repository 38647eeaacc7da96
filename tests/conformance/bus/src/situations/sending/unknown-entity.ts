import { clientTests, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'sending to an entity that does not exist fails with MessagingEntityNotFound',
  source: clientTests('internal/sendAndReceive: sending to a non-existing entity'),
  async run(bus) {
    const sender = bus.newClient().createSender('conformance-nobody-made-this');
    await expect(sender.sendMessages({ body: 'lost' })).rejects.toMatchObject({ code: 'MessagingEntityNotFound', retryable: false });
  },
};
