import type { Socket } from 'node:net';
import { TsqlError } from '../engine/error.ts';
import { Cancelled } from '../engine/lock.ts';
import { Session } from '../engine/session.ts';
import { run, wait, type Waiting } from '../engine/waiting.ts';
import type { Server } from '../server.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import type { Interrupted } from '../faults.ts';
import { execute, type Outcome } from './execute.ts';
import { readFederatedToken, readLogin, writeFederatedInfo, writeLoginReply, type Login } from './login.ts';
import { LARGEST_LOGIN, LARGEST_MESSAGE, MessageReader, toPackets, type Message } from './packet.ts';
import { encryption, readPrelogin, writePrelogin } from './prelogin.ts';
import { doneStatus, packetStatus, packetType, ProtocolError } from './protocol.ts';
import { Reply } from './reply.ts';
import { skipHeaders } from './rpc.ts';
import { writeDone } from './token/done.ts';
import { writeResetAcknowledged } from './token/env-change.ts';
import { writeError } from './token/message.ts';
import { TlsTunnel } from './tls-tunnel.ts';
import type { Handles } from './prepared-handles.ts';

/** Requests that wait while one runs; drivers send one at a time. With more the socket is not read. */
const MOST_WAITING = 8;
/** Time for half an answer to arrive before the connection is dropped. */
const DROP_AFTER_MS = 20;
/** The first byte of a TLS record that carries a handshake. */
const TLS_HANDSHAKE = 0x16;

type Phase = 'prelogin' | 'login' | 'token' | 'ready' | 'closed';

/**
 * One client. Phases: *prelogin* until PRELOGIN, *login* until LOGIN7 came, *token* while the driver fetches an Entra token, *ready* for requests, *closed* after the socket
 * or a protocol error ended it. Requests run one after another; an attention overtakes them.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #server: Server;
  readonly #reader = new MessageReader();
  readonly #id: number;
  readonly #queue: Message[] = [];
  readonly #handles: Handles = { next: 1, statements: new Map() };
  #phase: Phase = 'prelogin';
  #session: Session | undefined;
  #packetSize = 4096;
  #isBusy = false;
  #hasSpoken = false;
  #isStrict = false;
  /** A fault rule has cut the line: nothing is answered any more, and the client is left to find out. */
  #isSilent = false;
  #tunnel: TlsTunnel | undefined;
  #handshake: MessageReader | undefined;
  #pendingLogin: Login | undefined;
  #attentions = 0;
  /** Counts from the first byte to the end of the login, however busily the client drips. */
  readonly #loginTimer: NodeJS.Timeout;

  constructor(socket: Socket, server: Server, id: number) {
    this.#socket = socket;
    this.#server = server;
    this.#id = id;
    socket.setNoDelay(true);
    this.#reader.limit = LARGEST_LOGIN;
    this.#loginTimer = setTimeout(() => this.close(), server.loginTimeoutMs);
    socket.on('data', (chunk: Buffer) => this.#received(chunk));
    socket.on('error', () => this.close());
    socket.on('close', () => this.close());
  }

  close(): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    clearTimeout(this.#loginTimer);
    this.#tunnel?.destroy();
    this.#socket.destroy();
    this.#server.disconnected(this);
    // A request that is running ends first: its session is closed when it has let go.
    this.#session?.cancel();
    if (!this.#isBusy) this.#session?.close();
  }

  #received(chunk: Buffer): void {
    try {
      if (!this.#hasSpoken) this.#begin(chunk[0]);
      if (!this.#tunnel) this.#plain(chunk);
      else if (!this.#tunnel.isWrapped) this.#tunnel.received(chunk);
      else {
        this.#handshake ??= new MessageReader();
        for (const message of this.#handshake.take(chunk)) {
          if (message.type !== packetType.prelogin) throw new ProtocolError(`A message of type ${message.type} came during the TLS handshake.`);
          this.#tunnel.received(message.body);
        }
      }
    } catch (error) {
      this.#broken(error);
    }
  }

  /** The first byte tells TDS 7 (PRELOGIN) from TDS 8 (a TLS record). Anything else would be waited for: its next bytes claim a length that never comes. */
  #begin(first: number | undefined): void {
    this.#hasSpoken = true;
    if (first === TLS_HANDSHAKE) {
      this.#isStrict = true;
      this.#startTls(false);
    } else if (first !== packetType.prelogin) throw new ProtocolError('The client begins neither with PRELOGIN nor with TLS.');
  }

  #startTls(isWrapped: boolean): void {
    this.#tunnel = new TlsTunnel(this.#server.secureContext, isWrapped, {
      send: (bytes, wrapped) => {
        if (!this.#isClosed) this.#socket.write(wrapped ? toPackets(bytes, this.#packetSize, this.#id, packetType.prelogin) : bytes);
      },
      plain: (bytes) => {
        try {
          this.#plain(bytes);
        } catch (error) {
          this.#broken(error);
        }
      },
      failed: (error) => this.#broken(error),
    });
  }

  #plain(bytes: Buffer): void {
    for (const message of this.#reader.take(bytes)) this.#message(message);
  }

  #broken(error: unknown): void {
    this.#server.log('protocol', { connection: this.#id, error: error instanceof Error ? error.message : String(error) });
    this.close();
  }

  #message(message: Message): void {
    if (this.#isSilent) return;
    if (message.type === packetType.attention) {
      this.#attentions += 1;
      if (this.#isBusy) this.#session?.cancel();
      else this.#acknowledgeAttentions();
      return;
    }
    this.#queue.push(message);
    if (this.#queue.length >= MOST_WAITING) this.#socket.pause();
    if (this.#isBusy) return;
    this.#isBusy = true;
    run(this.#messages(), this.#idle);
  }

  readonly #idle = (error: unknown): void => {
    this.#isBusy = false;
    if (error !== undefined) this.#broken(error);
    if (this.#isClosed) this.#session?.close();
  };

  *#messages(): Waiting<void> {
    for (let message = this.#queue.shift(); message && !this.#isClosed && !this.#isSilent; message = this.#queue.shift()) {
      if (this.#queue.length < MOST_WAITING && this.#socket.isPaused()) this.#socket.resume();
      if (this.#socket.writableNeedDrain) yield this.#read();
      if (this.#session) this.#session.isCancelled = false;
      yield* this.#handle(message);
      this.#acknowledgeAttentions();
    }
  }

  /** Until the client has read what it was sent: who never reads is never answered again, and costs one reply. */
  #read(): Promise<void> {
    const socket = this.#socket;
    return new Promise<void>((resolve) => {
      const done = () => {
        socket.off('drain', done).off('close', done);
        resolve();
      };
      socket.on('drain', done).on('close', done);
    });
  }

  get #isClosed(): boolean {
    return this.#phase === 'closed';
  }

  /** A message of its own, after the reply of what was cancelled: the driver waits for exactly that. */
  #acknowledgeAttentions(): void {
    for (; this.#attentions > 0 && !this.#isSilent; this.#attentions -= 1) {
      const writer = new ByteWriter(16);
      writeDone(writer, 'done', doneStatus.attention);
      this.#send(writer.done());
    }
  }

  #send(body: Buffer): void {
    if (this.#phase !== 'closed') (this.#tunnel ?? this.#socket).write(toPackets(body, this.#packetSize, this.#id));
  }

  *#handle(message: Message): Waiting<void> {
    switch (this.#phase) {
      case 'prelogin': this.#prelogin(message); return;
      case 'login': yield* this.#login(message); return;
      case 'token': yield* this.#token(message); return;
      case 'ready': yield* this.#request(message); return;
      case 'closed': return;
      default: this.#phase satisfies never;
    }
  }

  #prelogin({ type, body }: Message): void {
    if (type !== packetType.prelogin) throw new ProtocolError(`PRELOGIN was expected, a message of type ${type} came.`);
    const { encryption: wanted, isFederated } = readPrelogin(body);
    const isWanted = !this.#isStrict && (wanted === encryption.on || wanted === encryption.required);
    this.#send(writePrelogin(isWanted ? encryption.on : encryption.notSupported, isFederated));
    if (isWanted) this.#startTls(true);
    this.#phase = 'login';
  }

  *#login({ type, body }: Message): Waiting<void> {
    if (type !== packetType.login7) throw new ProtocolError(`LOGIN7 was expected, a message of type ${type} came.`);
    const login = readLogin(body);
    if (login.federated && login.federated.token === undefined) {
      const writer = new ByteWriter(256);
      writeFederatedInfo(writer);
      writeDone(writer, 'done', doneStatus.final);
      this.#pendingLogin = login;
      this.#phase = 'token';
      this.#send(writer.done());
      return;
    }
    yield* this.#admit(login);
  }

  *#token({ type, body }: Message): Waiting<void> {
    if (type !== packetType.federatedToken || !this.#pendingLogin) throw new ProtocolError(`A token was expected, a message of type ${type} came.`);
    yield* this.#admit({ ...this.#pendingLogin, federated: { token: readFederatedToken(body) } });
  }

  *#admit(login: Login): Waiting<void> {
    const writer = new ByteWriter(512);
    const refusal = yield* wait(this.#server.refuse(login));
    const database = this.#server.database(login.database);
    if (typeof refusal === 'string') {
      this.#interfere(refusal, Buffer.alloc(0));
      return;
    }
    const error = refusal ?? (database ? undefined : new TsqlError(4060, `Cannot open database "${login.database}" requested by the login. The login failed.`, { severity: 11 }));
    if (error || !database) {
      if (error) writeError(writer, error);
      writeDone(writer, 'done', doneStatus.error);
      this.#send(writer.done());
      (this.#tunnel ?? this.#socket).end();
      return;
    }
    writeLoginReply(writer, login, this.#isStrict);
    writeDone(writer, 'done', doneStatus.final);
    this.#send(writer.done());
    this.#packetSize = login.packetSize;
    this.#session = new Session(database, this.#id);
    this.#phase = 'ready';
    clearTimeout(this.#loginTimer);
    this.#reader.limit = LARGEST_MESSAGE;
  }

  *#request({ type, status, isIgnored, body }: Message): Waiting<void> {
    const session = this.#session;
    if (!session) throw new ProtocolError('A request came before the login.');
    const reply = new Reply(type === packetType.rpc ? 'procedure' : 'batch');
    if (isIgnored) {
      writeDone(reply.writer, 'done', doneStatus.error);
      this.#send(reply.writer.done());
      return;
    }
    if ((status & (packetStatus.resetConnection | packetStatus.resetKeepTransaction)) !== 0) {
      const before = new Reply(reply.kind);
      if ((status & packetStatus.resetConnection) !== 0) session.reset(before);
      writeResetAcknowledged(reply.writer);
      reply.writer.bytes(before.writer.done());
    }
    const reader = new ByteReader(body);
    skipHeaders(reader);
    const { commits, database: { durability } } = session;
    const { losses } = durability;
    let outcome: Outcome = 'reply';
    try {
      outcome = yield* execute(type, reader, { session, reply, handles: this.#handles, faults: this.#server.faults });
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error;
      writeDone(reply.writer, 'done', doneStatus.error);
    }
    // No reply leaves before everything it could have seen is on disk.
    const settled = durability.settled();
    if (settled) yield settled;
    if (durability.losses > losses) throw new Error('The disk lost commits while this request ran.');
    if (session.commits > commits && this.#server.faults.dropsCommitted()) {
      this.close();
      return;
    }
    if (outcome === 'reply') this.#send(reply.writer.done());
    else this.#interfere(outcome, reply.writer.done());
  }

  /** What a fault rule does to the connection instead of the answer. */
  #interfere(outcome: Interrupted, body: Buffer): void {
    const wire = this.#tunnel ?? this.#socket;
    switch (outcome) {
      case 'drop-before': case 'drop-after-commit': this.close(); return;
      case 'black-hole': this.#isSilent = true; return;
      case 'drop-mid-result': {
        const packets = toPackets(body, this.#packetSize, this.#id);
        wire.write(packets.subarray(0, packets.length / 2));
        this.#isSilent = true;
        setTimeout(() => this.close(), DROP_AFTER_MS);
        return;
      }
      case 'first-packet': {
        const packet = Buffer.from(toPackets(body, this.#packetSize, this.#id).subarray(0, this.#packetSize));
        packet[1] = 0;
        wire.write(packet);
        this.#isSilent = true;
        return;
      }
      default: outcome satisfies never;
    }
  }
}
