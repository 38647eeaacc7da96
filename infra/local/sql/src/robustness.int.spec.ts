import { connect, type Socket } from 'node:net';
import { headers, login, packet, prelogin } from './testing/raw-client.ts';
import { startTestServer } from './testing/test-server.ts';

let db: Awaited<ReturnType<typeof startTestServer>>;
beforeAll(async () => {
  db = await startTestServer();
  await db.batch('CREATE TABLE t (id INT NOT NULL PRIMARY KEY)');
});
afterAll(() => db.close());

const batch = (text: string) => packet(0x01, Buffer.concat([headers, Buffer.from(text, 'utf16le')]));

/** Sends pieces, one after another, and resolves when the server closes the connection or the time is up. */
async function within(waitMs: number, ...pieces: readonly Buffer[]): Promise<{ closed: boolean; received: number }> {
  const socket: Socket = connect(db.server.port, '127.0.0.1');
  let received = 0;
  socket.on('error', () => {});
  socket.on('data', (data) => { received += data.length; });
  await new Promise((resolve) => socket.once('connect', resolve));
  for (const piece of pieces) {
    socket.write(piece);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const closed = await Promise.race([new Promise<boolean>((resolve) => socket.once('close', () => resolve(true))), new Promise<boolean>((resolve) => setTimeout(() => resolve(socket.destroyed), waitMs))]);
  socket.destroy();
  return { closed, received };
}

const send = (...pieces: readonly Buffer[]) => within(60, ...pieces);

describe('a client that breaks the protocol', () => {
  it.each<[string, readonly Buffer[]]>([
    ['a packet shorter than its header', [packet(0x12, Buffer.alloc(0), { length: 3 })]],
    ['an HTTP request', [Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')]],
    ['an empty PRELOGIN', [packet(0x12, Buffer.alloc(0))]],
    ['a PRELOGIN that points past its end', [packet(0x12, Buffer.from([1, 0, 60, 0, 1, 0xff]))]],
    ['a request before PRELOGIN', [batch('SELECT 1')]],
    ['a request before LOGIN7', [prelogin, batch('SELECT 1')]],
    ['a LOGIN7 too short', [prelogin, packet(0x10, Buffer.alloc(20))]],
    ['a LOGIN7 whose user lies past its end', [prelogin, login((body) => body.writeUInt16LE(60_000, 40))]],
    ['an unknown message type', [prelogin, login(), packet(0xff, headers)]],
    ['headers of a wrong length', [prelogin, login(), packet(0x01, Buffer.from([255, 255, 255, 255]))]],
    ['a call of an unknown procedure number', [prelogin, login(), packet(0x03, Buffer.concat([headers, Buffer.from([0xff, 0xff, 99, 0, 0, 0])]))]],
    ['a call that ends inside a parameter', [prelogin, login(), packet(0x03, Buffer.concat([headers, Buffer.from([0xff, 0xff, 10, 0, 0, 0, 0, 0, 0xe7, 0x40])]))]],
    ['a transaction request of an unknown kind', [prelogin, login(), packet(0x0e, Buffer.concat([headers, Buffer.from([77, 0])]))]],
    ['packets of two types in one message', [prelogin, login(), packet(0x01, headers, { status: 0 }), packet(0x03, headers)]],
  ])('is disconnected: %s', async (_name, pieces) => {
    expect(await within(5000, ...pieces)).toMatchObject({ closed: true });
    expect(await db.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('may cut its packets anywhere', async () => {
    const whole = Buffer.concat([prelogin, login(), batch('SELECT 1 AS one')]);
    const bytes = Array.from({ length: Math.ceil(whole.length / 7) }, (_, i) => whole.subarray(i * 7, i * 7 + 7));
    expect(await send(...bytes)).toMatchObject({ closed: false, received: expect.any(Number) as number });
  });

  it('loses its open transaction', async () => {
    await send(prelogin, login(), batch('BEGIN TRAN; INSERT INTO t VALUES (1)'), packet(0xff, headers));
    expect(await db.query('SELECT COUNT(*) AS n FROM t')).toEqual([{ n: 0 }]);
    await db.query('INSERT INTO t VALUES (2)');
  });

  it('may send an attention when nothing runs', async () => {
    expect(await send(prelogin, login(), packet(0x06, Buffer.alloc(0)), batch('SELECT 1'))).toMatchObject({ closed: false });
  });
});
