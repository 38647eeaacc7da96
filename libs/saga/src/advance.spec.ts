import type { Message } from '@checkout/contracts';
import { minutes, seconds } from '@checkout/kernel';
import { advance, begin } from './advance.ts';
import { givenUp, standsBy, timedOut, unheard, type Input } from './instance.ts';
import { sampleWith } from './sample.ts';
import { given } from './testing.ts';

const sample = sampleWith(2, 2);
const data = { order: 7 };
const reply = (type: string, body: object = {}): Message => ({ type, body });
const sent = (type: string): Message => ({ type, body: data });
const silence = (times: number): Input[] => Array.from({ length: times }, () => timedOut);

const untilPivot = [reply('before0 done'), reply('before1 done')];
const pastPivot = [...untilPivot, reply('pivot done', { proof: 'p', noise: 'n' })];

describe('a saga going forward', () => {
  it('begins by asking for its first step and waiting for the reply', () => {
    expect(begin(sample, data)).toEqual({
      instance: { phase: 'forward', awaiting: [0], attempts: 1, results: {} },
      messages: [sent('do before0')],
      happenings: [{ event: 'started' }],
      wakeAfter: seconds(1),
    });
  });

  it('does one step after another up to the pivot', () => {
    given(sample, data).when(reply('before0 done')).thenSends(sent('do before1')).andAwaits('before1');
    given(sample, data, ...untilPivot.slice(0, 1)).when(reply('before1 done')).thenSends(sent('do pivot')).andAwaits('pivot');
  });

  it('sends everything that remains together once the pivot has succeeded', () => {
    given(sample, data, ...untilPivot).when(reply('pivot done')).thenSends(sent('do after0'), sent('do after1')).andAwaits('after0', 'after1').andIs('forward');
  });

  it('B11 waits for every one of them, in whatever order they answer', () => {
    given(sample, data, ...pastPivot).when(reply('after1 done')).thenSends().andAwaits('after0').andIs('forward');
    given(sample, data, ...pastPivot, reply('after1 done')).when(reply('after0 done')).andIs('completed').andAwaits();
  });

  it('ends by telling what the replies said that it was to keep, and nothing else of them', () => {
    given(sample, data, ...pastPivot, reply('after0 done', { proof: 'a0' }))
      .when(reply('after1 done', { proof: 'a1' }))
      .thenSends({
        type: 'all done',
        body: {
          order: 7,
          results: { before0: { proof: undefined }, before1: { proof: undefined }, pivot: { proof: 'p' }, after0: { proof: 'a0' }, after1: { proof: 'a1' } },
        },
      });
  });

  it('completes at the pivot when nothing follows it', () => {
    given(sampleWith(0, 0), data).when(reply('pivot done')).andIs('completed');
  });

  it('tells its time line what happened', () => {
    const { instance } = begin(sampleWith(0, 0), data);
    expect(advance(sampleWith(0, 0), data, instance, reply('pivot done')).happenings).toEqual([{ event: 'succeeded', step: 'pivot' }, { event: 'completed' }]);
  });
});

describe('a refusal', () => {
  it('of the first step ends the saga, as there is nothing to undo', () => {
    const because = { code: 'payment-declined', message: 'before0 says no' };
    given(sample, data)
      .when(reply('before0 refused'))
      .thenSends({ type: 'called off', body: { order: 7, because } }, sent('told the outside'))
      .andIs('cancelled');
  });

  it('undoes the steps before it, newest first, and not itself', () => {
    given(sample, data, ...untilPivot).when(reply('pivot refused')).thenSends(sent('undo before1')).andIs('backward').andAwaits('before1');
    given(sample, data, ...untilPivot, reply('pivot refused')).when(reply('before1 undone')).thenSends(sent('undo before0')).andIs('backward');
    given(sample, data, ...untilPivot, reply('pivot refused'), reply('before1 undone')).when(reply('before0 undone')).andIs('cancelled');
  });

  it('is told in the words of the step that was refused, however much was undone since', () => {
    const because = { code: 'payment-declined', message: 'before1 says no' };
    given(sample, data, reply('before0 done'), reply('before1 refused'))
      .when(reply('before0 undone'))
      .thenSends({ type: 'called off', body: { order: 7, because } }, sent('told the outside'));
  });
});

describe('silence', () => {
  it('is answered by asking the same again, after twice the time', () => {
    given(sample, data).when(timedOut).thenSends(sent('do before0')).andIs('forward').andWakesAfter(seconds(2));
    given(sample, data, ...silence(1)).when(timedOut).thenSends(sent('do before0')).andWakesAfter(seconds(4));
  });

  it('undoes nothing, however long it lasts: whoever is silent may be at it', () => {
    given(sample, data, reply('before0 done'), ...silence(3)).when(timedOut).thenSends(sent('do before1')).andNeedsAttention(undefined);
    given(sample, data, reply('before0 done'), ...silence(4)).when(timedOut).thenSends(sent('do before1')).andIs('forward').andNeedsAttention('before1: no answer');
    given(sample, data, reply('before0 done'), ...silence(100)).when(reply('before1 done')).thenSends(sent('do pivot')).andNeedsAttention(undefined);
  });

  it('of the pivot never turns back: it is asked for ever, and a person is told', () => {
    given(sample, data, ...untilPivot, ...silence(3)).when(timedOut).thenSends(sent('do pivot')).andNeedsAttention(undefined);
    given(sample, data, ...untilPivot, ...silence(4)).when(timedOut).thenSends(sent('do pivot')).andIs('forward').andNeedsAttention('pivot: no answer');
    given(sample, data, ...untilPivot, ...silence(100)).when(timedOut).thenSends(sent('do pivot')).andIs('forward').andWakesAfter(minutes(5));
  });

  it('no longer needs a person once the step answers', () => {
    given(sample, data, ...untilPivot, ...silence(9)).when(reply('pivot done')).andNeedsAttention(undefined).andWakesAfter(seconds(1));
  });

  it('after the pivot asks only those that have not answered', () => {
    given(sample, data, ...pastPivot, reply('after0 done')).when(timedOut).thenSends(sent('do after1'));
    given(sample, data, ...pastPivot).when(timedOut).thenSends(sent('do after0'), sent('do after1'));
  });

  it('names whoever is still silent, until all have answered', () => {
    given(sample, data, ...pastPivot, ...silence(4)).when(timedOut).andNeedsAttention('after0, after1: no answer');
    given(sample, data, ...pastPivot, ...silence(5)).when(reply('after1 done')).andNeedsAttention('after0: no answer');
    given(sample, data, ...pastPivot, ...silence(5), reply('after1 done')).when(reply('after0 done')).andNeedsAttention(undefined).andIs('completed');
  });

  it('of an undoing is never taken for its success: it is asked for ever, and a person is told', () => {
    given(sample, data, reply('before0 done'), reply('before1 refused'), ...silence(4))
      .when(timedOut)
      .thenSends(sent('undo before0'))
      .andIs('backward')
      .andNeedsAttention('undoing before0: no answer');
  });

  it('does not grow the time line for ever', () => {
    let { instance } = begin(sampleWith(0, 0), data);
    const happenings = silence(50).flatMap((input) => {
      const decision = advance(sampleWith(0, 0), data, instance, input);
      ({ instance } = decision);
      return decision.happenings;
    });
    expect(happenings.map(({ event }) => event)).toEqual([...Array.from({ length: 5 }, () => 'asked-again'), 'needs-attention']);
  });
});

describe('a participant that answers nobody', () => {
  const away = (times: number): Input[] => Array.from({ length: times }, () => unheard);

  it('is asked again, less and less often', () => {
    given(sample, data).when(unheard).thenSends(sent('do before0')).andIs('forward').andWakesAfter(seconds(2));
    given(sample, data, ...away(30)).when(unheard).thenSends(sent('do before0')).andWakesAfter(minutes(30));
  });

  it('is not asked by who stands by, and waited for as long', () => {
    given(sample, data).when(standsBy).thenSends().andIs('forward').andWakesAfter(seconds(2));
    given(sample, data, standsBy, ...away(30)).when(standsBy).thenSends().andWakesAfter(minutes(30)).andNeedsAttention(undefined);
    given(sample, data, standsBy).when(unheard).thenSends(sent('do before0')).andWakesAfter(seconds(4));
  });

  it('is not what a person has to look into, for hours', () => {
    given(sample, data, ...untilPivot, ...away(40)).when(unheard).thenSends(sent('do pivot')).andNeedsAttention(undefined);
  });

  it('is looked into after a day', () => {
    given(sample, data, ...untilPivot, ...away(70)).when(unheard).thenSends(sent('do pivot')).andIs('forward').andNeedsAttention('pivot: no answer');
  });

  it('uses up nobody’s patience: what is silent afterwards is asked as often as anything else', () => {
    given(sample, data, ...away(20), ...silence(3)).when(timedOut).andNeedsAttention(undefined);
    given(sample, data, ...away(20), ...silence(4)).when(timedOut).andNeedsAttention('before0: no answer').andWakesAfter(minutes(30));
  });

  it('is forgiven with its answer', () => {
    given(sample, data, ...away(20)).when(reply('before0 done')).thenSends(sent('do before1')).andNeedsAttention(undefined).andWakesAfter(seconds(1));
  });

  it('may be so while it undoes', () => {
    given(sample, data, ...untilPivot, reply('pivot refused'), ...away(20)).when(unheard).thenSends(sent('undo before1')).andIs('backward').andNeedsAttention(undefined);
  });

  it('leaves no more than a few entries on the time line', () => {
    let { instance } = begin(sample, data);
    const happenings = away(40).flatMap((input) => {
      const decision = advance(sample, data, instance, input);
      ({ instance } = decision);
      return decision.happenings;
    });
    expect(happenings.map(({ detail }) => detail)).toEqual(['no answer 1 ×', 'no answer 2 ×', 'no answer 3 ×', 'no answer 4 ×']);
  });
});

describe('a participant that cannot go on by itself', () => {
  it('is waited for as before, and a person is told what it said', () => {
    given(sample, data, ...untilPivot).when(reply('stalled')).thenSends().andIs('forward').andAwaits('pivot').andNeedsAttention('a participant is stuck').andWakesAfter(seconds(1));
    given(sample, data, ...untilPivot, reply('stalled'), ...silence(9)).when(timedOut).thenSends(sent('do pivot')).andNeedsAttention('a participant is stuck');
    given(sample, data, ...untilPivot, reply('stalled')).when(reply('pivot done')).andNeedsAttention(undefined);
  });

  it('is told of once', () => {
    given(sample, data, ...untilPivot, reply('stalled')).when(reply('stalled')).thenNothingHappens();
  });

  it('may be so while it undoes', () => {
    given(sample, data, ...untilPivot, reply('pivot refused')).when(reply('stalled')).thenSends().andIs('backward').andNeedsAttention('a participant is stuck');
  });
});

describe('a person who gives up', () => {
  it('has the awaited step undone too, because it may have happened, and the till is told', () => {
    given(sample, data, reply('before0 done'), ...silence(9)).when(givenUp).thenSends(sent('undo before1')).andIs('backward').andWakesAfter(seconds(1));
    const { instance } = begin(sample, data);
    expect(advance(sample, data, instance, givenUp).instance.because).toEqual({ code: 'no-answer', message: 'before0: given up without an answer' });
  });

  it('changes nothing once the money may have moved, nor while it is being undone', () => {
    given(sample, data, ...untilPivot).when(givenUp).thenNothingHappens();
    given(sample, data, ...pastPivot).when(givenUp).thenNothingHappens();
    given(sample, data, ...untilPivot, reply('pivot refused')).when(givenUp).thenNothingHappens();
  });
});

describe('B11 an input that nobody waits for', () => {
  it.each<[string, readonly Input[], Input]>([
    ['a reply delivered twice', untilPivot, reply('before1 done')],
    ['a reply to a step not yet begun', [], reply('pivot done')],
    ['a refusal after the success of the same step', untilPivot, reply('before1 refused')],
    ['an undoing that was not asked for', untilPivot, reply('before1 undone')],
    ['a success that comes while its step is being undone', [givenUp], reply('before0 done')],
    ['a refusal of the pivot after its success', pastPivot, reply('pivot refused')],
    ['a second answer after the pivot', [...pastPivot, reply('after0 done')], reply('after0 done')],
    ['a message of nobody’s', untilPivot, reply('something else')],
    ['a reply after the end', [...pastPivot, reply('after0 done'), reply('after1 done')], reply('after1 done')],
    ['a timer after the end', [reply('before0 refused')], timedOut],
  ])('changes nothing: %s', (_, history, input) => {
    given(sample, data, ...history).when(input).thenNothingHappens();
  });
});
