import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** Stands before a provider and keeps everybody who wants to pay waiting, until all are let through. */
export class Door {
  readonly #server = createServer((request, response) => void this.#pass(request, response).catch(() => response.destroy()));
  readonly #behind: string;
  readonly #opened = Promise.withResolvers<void>();
  #waiting = 0;
  #mostWaiting = 0;

  /** @param behind the provider's address */
  constructor(behind: string) {
    this.#behind = behind;
  }

  get waiting(): number {
    return this.#waiting;
  }

  get mostWaiting(): number {
    return this.#mostWaiting;
  }

  /** @returns its address; the same again at the port of one that was closed */
  async open(port = 0): Promise<string> {
    await new Promise<void>((resolve) => void this.#server.listen(port, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (typeof address !== 'object' || !address) throw new Error('the door has no address');
    return `http://127.0.0.1:${address.port}`;
  }

  letThrough(): void {
    this.#opened.resolve();
  }

  async close(): Promise<void> {
    this.letThrough();
    this.#server.closeAllConnections();
    await new Promise((resolve) => void this.#server.close(resolve));
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    this.#mostWaiting = Math.max(this.#mostWaiting, (this.#waiting += 1));
    response.once('close', () => (this.#waiting -= 1));
    if (request.method === 'POST') await this.#opened.promise;
    const key = request.headers['idempotency-key'];
    const answer = await fetch(`${this.#behind}${request.url ?? ''}`, {
      method: request.method ?? 'GET', ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
      headers: { 'content-type': 'application/json', ...(typeof key === 'string' && { 'idempotency-key': key }) },
    });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  }
}
