import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

export interface ServerError {
  readonly error: number;
  readonly message: string;
  readonly severity?: number;
}

/**
 * What the server says to one statement. `slow`: nothing until it is cancelled, and that it confirms. `silence`: nothing, not even to a cancellation.
 * `stall`: the first bytes, then nothing. `chatter`: it is done, after messages that are no errors (PRINT, RAISERROR of severity 10) and a recordset that nobody
 * asked for. Several errors come in one answer, in this order. Bytes are sent as they are, whatever they mean.
 */
export type Reply = 'done' | 'one' | 'chatter' | 'slow' | 'silence' | 'stall' | 'hang-up' | Buffer | ServerError | readonly ServerError[];

export interface ScriptedServer extends AsyncDisposable {
  readonly connectionString: string;
  /** Statements so far, as ASCII. The driver's own transactions are `BEGIN`, `COMMIT` and `ROLLBACK`. */
  readonly statements: readonly string[];
  /** What the driver sets up on a new connection. */
  readonly settings: readonly string[];
  readonly logins: number;
  readonly connections: number;
  /** Refuses logins with this number while set, or leaves them without an answer. */
  loginError: number | 'silence' | undefined;
  script: (statement: string) => Reply;
}

const packet = { batch: 1, rpc: 3, reply: 4, attention: 6, transaction: 14, login: 16, prelogin: 18 } as const;
const transactionRequests: Readonly<Record<number, string>> = { 5: 'BEGIN', 7: 'COMMIT', 8: 'ROLLBACK' };

/**
 * Speaks just enough TDS 7.4 ([MS-TDS] 2.2) for the real driver to connect and to be told what the test wants it told. It executes nothing:
 * what is about SQL is tested with the stand-in, this is for what is about the driver.
 */
export async function startScriptedServer(script: (statement: string) => Reply = () => 'one'): Promise<ScriptedServer> {
  const sockets = new Set<Socket>();
  const statements: string[] = [];
  const settings: string[] = [];
  let logins = 0;
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    let received = Buffer.alloc(0);
    let message: Buffer[] = [];
    let isSilent = false;
    let isSlow = false;
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 8 && received.length >= received.readUInt16BE(2)) {
        const length = received.readUInt16BE(2);
        const [type, status] = [received.readUInt8(0), received.readUInt8(1)];
        message.push(received.subarray(8, length));
        received = received.subarray(length);
        if ((status & 1) === 0) continue;
        answer(type, Buffer.concat(message));
        message = [];
      }
    });

    const send = (body: Buffer, isLast = true): void => {
      const header = Buffer.from([packet.reply, isLast ? 1 : 0, 0, 0, 0, 0, 1, 0]);
      header.writeUInt16BE(body.length + 8, 2);
      socket.write(Buffer.concat([header, body]));
    };
    const answer = (type: number, body: Buffer): void => {
      if (isSilent) return;
      if (type === packet.prelogin) return send(preloginReply);
      if (type === packet.login) return admit();
      if (type === packet.attention) return stopped();
      if (type === packet.transaction) return reply(transactionRequests[body.readUInt16LE(body.readUInt32LE(0))] ?? '');
      const said = Buffer.from(body.filter((byte) => byte !== 0)).toString('latin1');
      if (type === packet.rpc) return reply(said);
      settings.push(said);
      send(done(0xfd));
    };
    /** One answer to the request that was stopped, and one to the stopping of it. */
    const stopped = (): void => {
      if (isSlow) send(done(0xfd, 2));
      isSlow = false;
      send(done(0xfd, 0x20));
    };
    const admit = (): void => {
      logins += 1;
      if (server.loginError === 'silence') return;
      if (server.loginError !== undefined) send(Buffer.concat([error(server.loginError, 'login refused', 14), done(0xfd, 2)]));
      else send(Buffer.concat([collation, loginAck, done(0xfd)]));
    };
    const reply = (statement: string): void => {
      statements.push(statement);
      const said = server.script(statement);
      if (said === 'slow') isSlow = true;
      else if (said === 'silence') isSilent = true;
      else if (said === 'stall') {
        isSilent = true;
        send(oneColumn, false);
      } else if (said === 'hang-up') socket.resetAndDestroy();
      else if (Buffer.isBuffer(said)) socket.write(said);
      else if (said === 'done') send(done(0xfe));
      else if (said === 'chatter') send(Buffer.concat([info(0, 'printed', 0), info(50_000, 'raised', 10), oneColumn, oneRow, done(0xff, 0x11, 1), done(0xfe)]));
      else if (said === 'one') send(Buffer.concat([oneColumn, oneRow, done(0xff, 0x11, 1), done(0xfe)]));
      else send(Buffer.concat([...[said].flat().map((each) => error(each.error, each.message, each.severity ?? 16)), done(0xfe, 2)]));
    };
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const server: ScriptedServer = {
    connectionString: `Server=127.0.0.1,${(listener.address() as AddressInfo).port};Database=cart;User Id=sa;Password=secret;Encrypt=false`,
    statements,
    settings,
    get logins() {
      return logins;
    },
    get connections() {
      return sockets.size;
    },
    loginError: undefined,
    script,
    [Symbol.asyncDispose]: async () => {
      listener.close();
      for (const socket of sockets) socket.destroy();
      await once(listener, 'close');
    },
  };
  return server;
}

const bytes = (length: number, write: (buffer: Buffer) => void): Buffer => {
  const buffer = Buffer.alloc(length);
  write(buffer);
  return buffer;
};
const utf16 = (value: string): Buffer => Buffer.from(value, 'utf16le');
const short = (value: string): Buffer => Buffer.concat([Buffer.from([value.length]), utf16(value)]);
const token = (id: number, body: Buffer): Buffer => Buffer.concat([bytes(3, (head) => {
  head.writeUInt8(id, 0);
  head.writeUInt16LE(body.length, 1);
}), body]);

/** VERSION and ENCRYPTION = not supported. */
const preloginReply = Buffer.from([0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 16, 0, 0, 0, 0, 0, 2]);
const collation = token(0xe3, Buffer.from([7, 5, 0x09, 0x04, 0xd0, 0x00, 0x34, 0]));
const loginAck = token(0xad, Buffer.concat([Buffer.from([1, 0x74, 0, 0, 4]), short('scripted'), Buffer.from([16, 0, 0, 0])]));
/** DONE 0xFD, DONEPROC 0xFE, DONEINPROC 0xFF. */
const done = (id: number, status = 0, rows = 0): Buffer => bytes(13, (buffer) => {
  buffer.writeUInt8(id, 0);
  buffer.writeUInt16LE(status, 1);
  buffer.writeBigUInt64LE(BigInt(rows), 5);
});
const error = (number: number, message: string, severity: number): Buffer => remark(0xaa, number, message, severity);
const info = (number: number, message: string, severity: number): Buffer => remark(0xab, number, message, severity);
const remark = (id: number, number: number, message: string, severity: number): Buffer => token(id, Buffer.concat([
  bytes(8, (head) => {
    head.writeInt32LE(number, 0);
    head.writeUInt8(1, 4);
    head.writeUInt8(severity, 5);
    head.writeUInt16LE(message.length, 6);
  }),
  utf16(message), short('scripted'), short(''), Buffer.from([1, 0, 0, 0]),
]));
/** One column `one` of type INT, and a row of it. */
const oneColumn = Buffer.concat([Buffer.from([0x81, 1, 0, 0, 0, 0, 0, 0, 0, 0x38]), short('one')]);
const oneRow = Buffer.from([0xd1, 1, 0, 0, 0]);
