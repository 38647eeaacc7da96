import { eventsIn } from './event-stream.ts';

const streamOf = (...chunks: string[]) => new ReadableStream<Uint8Array>({
  start(controller) {
    for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
    controller.close();
  },
});

it('reads events however they are cut into pieces, and nothing of comments and unfinished ones', async () => {
  const events = [];
  for await (const event of eventsIn(streamOf('event: succ', 'eeded\ndata: {"a":', '1}\n\n: alive\n\nid: 2\ndata: x\ndata: y\n', '\nevent: status\ndata: un'))) events.push(event);
  expect(events).toEqual([{ event: 'succeeded', data: '{"a":1}' }, { event: 'message', data: 'x\ny' }]);
});
