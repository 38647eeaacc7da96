import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { LastWords } from './last-words.ts';

const saying = (subject: string, properties: Record<string, string> = {}, correlationId: string | undefined = 'a sale'): ServiceBusReceivedMessage =>
  ({ correlationId, subject, body: { saleId: 'a sale' }, applicationProperties: { tenant: 'acme', ...properties } }) as unknown as ServiceBusReceivedMessage;

function given(): { words: LastWords; wait(message: ServiceBusReceivedMessage): () => Promise<void> } {
  const words = new LastWords();
  return {
    words,
    wait: (message) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const waited = words.until(promise, message);
      return () => (resolve(), waited);
    },
  };
}

it('is repeated by what says the same about the same sale', () => {
  const { words, wait } = given();
  wait(saying('reserve'));
  expect(words.isRepeatedBy(saying('reserve'))).toBe(true);
});

it.each<[string, ServiceBusReceivedMessage]>([
  ['another request', saying('release')],
  ['the same of another sale', saying('reserve', {}, 'another sale')],
  ['the same of another tenant', saying('reserve', { tenant: 'other' })],
  ['the same with another body', { ...saying('reserve'), body: { saleId: 'a sale', lines: [] } }],
  ['a dead letter that is sent again', saying('reserve', { replayOf: 'a letter' })],
])('is not repeated by %s', (_, message) => {
  const { words, wait } = given();
  wait(saying('reserve'));
  expect(words.isRepeatedBy(message)).toBe(false);
});

it('is not repeated by what is said again after something else', () => {
  const { words, wait } = given();
  wait(saying('reserve'));
  wait(saying('release'));
  expect(words.isRepeatedBy(saying('reserve'))).toBe(false);
});

it('is not repeated once it has had its turn', async () => {
  const { words, wait } = given();
  const turn = wait(saying('reserve'));
  await turn();
  expect(words.isRepeatedBy(saying('reserve'))).toBe(false);
});

it('still knows what was said last when what was said before has had its turn', async () => {
  const { words, wait } = given();
  const turn = wait(saying('reserve'));
  wait(saying('release'));
  await turn();
  expect(words.isRepeatedBy(saying('release'))).toBe(true);
});

it('takes nothing that names no sale for a repeat', () => {
  const { words, wait } = given();
  const aboutNoSale = { ...saying('reserve'), correlationId: undefined } as unknown as ServiceBusReceivedMessage;
  wait(aboutNoSale);
  expect(words.isRepeatedBy(aboutNoSale)).toBe(false);
});
