import { documented, type Situation } from '../../situation.ts';
import { expectNothing, receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a message is forwarded four times at most, and then dead-lettered where it is',
  source: documented('service-bus-auto-forwarding', 'Considerations'),
  entities: {
    queues: { end: {}, hop5: { forwardTo: 'end' }, hop4: { forwardTo: 'hop5' }, hop3: { forwardTo: 'hop4' }, hop2: { forwardTo: 'hop3' }, hop1: { forwardTo: 'hop2' } },
  },
  async run(bus) {
    await bus.sender('hop2').sendMessages({ body: 'four hops' });
    expect((await receiveOne(bus.receiver('end'))).body).toBe('four hops');
    await bus.sender('hop1').sendMessages({ body: 'five hops' });
    expect((await receiveOne(bus.deadLetters('hop5'))).deadLetterReason).toBe('MaxTransferHopCountExceeded');
    await expectNothing(bus.receiver('end'));
  },
};
