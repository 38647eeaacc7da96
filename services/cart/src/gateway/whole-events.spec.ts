import { wholeEvents } from './whole-events.ts';

async function* chunks(...texts: readonly string[]) {
  for (const text of texts) yield Buffer.from(text);
}

async function eventsIn(...texts: readonly string[]): Promise<string[]> {
  const events: string[] = [];
  for await (const event of wholeEvents(chunks(...texts))) events.push(event);
  return events;
}

describe('a stream of events', () => {
  it('is cut into whole events wherever its chunks break', async () => {
    expect(await eventsIn('data: a\n', '\ndata: b\n\nda', 'ta: c\n\n')).toEqual(['data: a\n\n', 'data: b\n\n', 'data: c\n\n']);
  });

  it('loses half an event when it breaks off, so that nothing is glued to it', async () => {
    expect(await eventsIn('data: a\n\ndata: hal')).toEqual(['data: a\n\n']);
  });

  it('knows every line ending of the standard', async () => {
    expect(await eventsIn('data: a\r\n\r\ndata: b\r\r')).toEqual(['data: a\r\n\r\n', 'data: b\r\r']);
  });

  it('ends an event that never ends', async () => {
    await expect(eventsIn('x'.repeat(70_000))).rejects.toThrow('longer');
  });
});
