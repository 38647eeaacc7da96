/** No event of ours is larger; a stream without an end of event must not fill the memory. */
const longestEvent = 64 * 1024;

const endOfEvent = /\r\n\r\n|\n\n|\r\r/;

/**
 * Cuts a stream of server-sent events into whole events, each with its blank line, so that what follows a broken stream never joins half an event.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export async function* wholeEvents(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of chunks) {
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    for (let end = endOfEvent.exec(text); end; end = endOfEvent.exec(text)) {
      const length = end.index + end[0].length;
      yield text.slice(0, length);
      text = text.slice(length);
    }
    if (text.length > longestEvent) throw new Error(`an event is longer than ${longestEvent} characters`);
  }
}
