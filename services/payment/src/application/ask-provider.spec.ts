import { card, done, shop, silence } from '../testing.ts';
import { AskProvider } from './ask-provider.ts';
import type { Ask, Provider, ProviderAnswered, RefundAnswered } from './ports.ts';

const [ask] = shop().authorize(card(598)).asks as [Ask];

function setUp(provider: Provider, note: (message: ProviderAnswered) => Promise<void> = () => Promise.resolve()) {
  const noted: ProviderAnswered['body'][] = [];
  const refunds: RefundAnswered['body'][] = [];
  const heard: string[] = [];
  const asking = new AskProvider(
    provider,
    { providerAnswered: (message) => note(message).then(() => void noted.push(message.body)), refundAnswered: ({ body }) => Promise.resolve(void refunds.push(body)) },
    { answered: (_, outcome) => heard.push(outcome.kind), lost: (_, error) => heard.push(`lost: ${(error as Error).message}`) },
  );
  return { asking, noted, refunds, heard };
}

describe('asking the provider', () => {
  it('notes the answer as an input of its own', async () => {
    const { asking, noted, heard } = setUp({ ask: () => Promise.resolve(done('auth_1')) });
    asking.ask(ask);
    expect(asking.isAsking({ ...ask.sale, position: 1 })).toBe(true);
    await asking.finished();
    expect(noted).toEqual([{ ...ask.sale, position: 1, operation: 'authorize', round: 1, attempt: 1, outcome: done('auth_1') }]);
    expect(heard).toEqual(['done']);
    await Promise.resolve();
    expect(asking.isAsking({ ...ask.sale, position: 1 })).toBe(false);
  });

  it('says so when the answer could not be noted, and takes nothing else along', async () => {
    const { asking, heard } = setUp({ ask: () => Promise.resolve(silence) }, () => Promise.reject(new Error('the database is away')));
    asking.ask(ask);
    await asking.finished();
    expect(heard).toEqual(['unknown', 'lost: the database is away']);
  });

  it('never lets a defect of the gateway escape', async () => {
    const { asking, heard } = setUp({ ask: () => Promise.reject(new Error('defect')) });
    asking.ask(ask);
    await asking.finished();
    expect(heard).toEqual(['lost: defect']);
  });
});
