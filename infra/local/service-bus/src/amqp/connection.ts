import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { Container, EventContext } from 'rhea';
import type { Access, Right } from '../access.ts';
import type { Broker, BrokerEvent, Entity } from '../broker.ts';
import { type Condition, condition, Refusal } from '../errors.ts';
import type { Faults } from '../fault/faults.ts';
import { limits } from '../limits.ts';
import type { SasCheck } from '../sas.ts';
import { DecodeError } from '../wire/decode.ts';
import { performative, readDisposition, readFlow, readTransfer } from '../wire/frames.ts';
import { Outbox } from '../wire/outbox.ts';
import { AmqpSession } from './amqp-session.ts';
import { serveClaims } from './cbs.ts';
import { Claims } from './claims.ts';
import { FrameSplitter } from './frame-splitter.ts';
import { IncomingLink } from './incoming-link.ts';
import { serveManagement } from './management.ts';
import { OutgoingLink } from './outgoing-link.ts';
import { acceptAttach, addressOf, type AnyLink, linkInternals, type Receiver, refuseAttach, type Sender, sessionInternals } from './rhea-link.ts';
import { acceptSession } from './session-attach.ts';

export interface ConnectionContext {
  readonly broker: Broker;
  readonly faults: Faults;
  readonly sas: SasCheck;
  readonly access: Access;
  readonly container: Container;
  readonly emit: BrokerEvent;
}

/** What rhea takes for a socket: its writes join our output, its input is what the splitter leaves to it. */
class RheaSocket extends EventEmitter {
  readonly #outbox: Outbox;
  readonly #socket: Socket;

  constructor(outbox: Outbox, socket: Socket) {
    super();
    this.#outbox = outbox;
    this.#socket = socket;
  }

  write(bytes: Buffer): boolean {
    this.#outbox.append(bytes);
    return true;
  }

  end(): void {
    this.#outbox.flush();
    this.#socket.end();
  }

  get_id_string(): string {
    return 'service-bus';
  }
}

/**
 * One client connection. rhea opens and closes connection, sessions and links and carries `$cbs` and `$management`; transfers,
 * flows and dispositions of entity links never reach it (specification §17.6).
 */
export class AmqpConnection {
  readonly #context: ConnectionContext;
  readonly #socket: Socket;
  readonly #outbox: Outbox;
  readonly #splitter: FrameSplitter;
  readonly #rheaSocket: RheaSocket;
  /** By the client's channel number. */
  readonly #hotSessions = new Map<number, AmqpSession>();
  readonly #withRanges = new Set<AmqpSession>();
  readonly #claims = new Claims((path) => this.#detachLinks(path, condition.unauthorized, `ExpiredToken: The token for '${path}' is expired.`));
  #isClosed = false;
  #isSilent = false;
  #linkCount = 0;
  readonly #handshake: NodeJS.Timeout;

  constructor(socket: Socket, context: ConnectionContext) {
    this.#context = context;
    this.#socket = socket;
    this.#outbox = new Outbox(socket, () => {
      for (const session of this.#withRanges) session.flushRanges();
      this.#withRanges.clear();
    });
    this.#splitter = new FrameSplitter({
      hotFrame: (bytes, channel, bodyAt, end) => this.#hotFrame(bytes, channel, bodyAt, end),
      cold: (bytes) => void this.#rheaSocket.emit('data', bytes),
    }, limits.frameBytes);
    this.#rheaSocket = new RheaSocket(this.#outbox, socket);
    this.#acceptWithRhea();
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.input(chunk));
    socket.on('drain', () => {
      for (const session of this.#hotSessions.values()) for (const link of session.links.values()) link.onWindow();
    });
    this.#handshake = setTimeout(() => this.close(), limits.handshakeMs);
    this.#handshake.unref();
    socket.on('error', () => this.close());
    socket.on('close', () => this.close());
  }

  input(chunk: Buffer): void {
    if (this.#isClosed || this.#isSilent) return;
    try {
      this.#splitter.push(chunk);
    } catch (error) {
      // Whatever a client's bytes lead to ends that client's connection and nothing else.
      const isExpected = error instanceof DecodeError || error instanceof RangeError || error instanceof Refusal;
      this.#context.emit('connection-refused', { reason: error instanceof Error ? error.message : String(error), ...(isExpected || !(error instanceof Error) ? {} : { stack: error.stack }) });
      this.close();
      return;
    }
    this.#outbox.owe();
  }

  /** Ends the connection without a word to the client; its sessions are free at once. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#handshake);
    this.#claims.close();
    for (const session of this.#hotSessions.values()) session.close();
    this.#hotSessions.clear();
    // rhea then drops its timers and its links, and tells the listeners of withheld attaches.
    this.#rheaSocket.emit('end');
    this.#socket.destroy();
  }

  hasLinkTo(path: string): boolean {
    if (path === '*') return true;
    for (const session of this.#hotSessions.values()) {
      for (const link of session.links.values()) if (link.entityPath.toLowerCase() === path.toLowerCase()) return true;
    }
    return false;
  }

  /** Takes bytes, reads none of them and answers nothing; after that time the connection ends (fault injected). */
  fallSilent(forMs: number): void {
    this.#isSilent = true;
    this.#outbox.silence();
    const end = setTimeout(() => this.close(), forMs);
    end.unref();
    this.#socket.on('close', () => clearTimeout(end));
  }

  /** Detaches the links of one entity, or all for "*" (fault injected). */
  detachLinks(path: string): void {
    this.#detachLinks(path, condition.detachForced, 'The link was detached by the service (fault injected).');
  }

  #detachLinks(path: string, reason: Condition, description: string): void {
    for (const session of this.#hotSessions.values()) {
      for (const link of session.links.values()) {
        if (path === '*' || link.entityPath.toLowerCase() === path.toLowerCase()) link.detach(reason, description);
      }
    }
  }

  #acceptWithRhea(): void {
    const connection = this.#context.container.create_connection({
      max_frame_size: limits.frameBytes,
      channel_max: limits.channelMax,
      idle_time_out: limits.idleTimeoutMs,
      session_buffer_size: { outgoing: 65_536, incoming: limits.sendCredit },
      sender_options: { treat_modified_as_released: false, autosettle: true },
      receiver_options: { autoaccept: false, credit_window: 0, autosettle: true },
      reconnect: false,
    } as never);
    // rhea does not see hot frames, so it cannot judge whether the peer is silent; the socket can.
    (connection as unknown as { idle: () => void }).idle = () => undefined;
    this.#socket.setTimeout(limits.idleTimeoutMs * 2, () => this.close());
    connection.on('connection_open', () => clearTimeout(this.#handshake));
    connection.on('receiver_open', ({ receiver }: EventContext) => receiver && this.#attach(receiver, addressOf(receiver.target)));
    connection.on('sender_open', ({ sender }: EventContext) => sender && this.#attach(sender, addressOf(sender.source)));
    connection.on('receiver_close', ({ receiver }: EventContext) => receiver && this.#detached(receiver));
    connection.on('sender_close', ({ sender }: EventContext) => sender && this.#detached(sender));
    connection.on('session_close', ({ session }: EventContext) => {
      if (!session) return;
      const { channel } = sessionInternals(session).remote;
      this.#hotSessions.get(channel)?.close();
      this.#hotSessions.delete(channel);
    });
    for (const name of ['connection_error', 'session_error', 'receiver_error', 'sender_error']) {
      connection.on(name, () => undefined);
    }
    for (const name of ['protocol_error', 'error']) {
      connection.on(name, (error: Error) => this.#context.emit('protocol-error', { error: error.message }));
    }
    connection.on('disconnected', () => undefined);
    (connection as unknown as { accept(socket: RheaSocket): void }).accept(this.#rheaSocket);
  }

  #hotFrame(bytes: Buffer, channel: number, bodyAt: number, end: number): boolean {
    const session = this.#hotSessions.get(channel);
    if (!session) return false;
    switch (bytes[bodyAt + 2]) {
      case performative.transfer:
        session.onTransfer(readTransfer(bytes, bodyAt, end));
        break;
      case performative.disposition:
        session.onDisposition(readDisposition(bytes, bodyAt), bytes);
        break;
      default:
        session.onFlow(readFlow(bytes, bodyAt));
        break;
    }
    return true;
  }

  // ---- Links

  #attach(link: AnyLink, address: string | undefined): void {
    try {
      this.#linkCount += 1;
      if (this.#linkCount > limits.linksPerConnection) throw new Refusal(condition.resourceLimitExceeded, `A connection has ${limits.linksPerConnection} links at most.`);
      if (address === undefined) throw new Refusal(condition.notImplemented, 'Only links to named entities are supported; there are no transactions here.');
      if (address === '$cbs') serveClaims(link, this.#context.broker, this.#context.faults, this.#context.sas, this.#claims);
      else if (address.toLowerCase().endsWith('/$management')) this.#attachManagement(link, this.#context.broker.resolve(address.slice(0, -'/$management'.length)));
      else this.#attachToEntity(link, this.#context.broker.resolve(address));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refuseAttach(link, error);
    }
  }

  #attachManagement(link: AnyLink, entity: Entity): void {
    serveManagement(link, entity, this.#context.broker, this.#context.faults, (right) => this.#demand(right, entity));
  }

  /** @throws Refusal when the last token that was put for this entity does not go so far. */
  #demand(right: Right, { path }: Entity): void {
    this.#context.access.demand(right, path, this.#claims.holderOf(path));
  }

  #attachToEntity(link: AnyLink, entity: Entity): void {
    if (link.is_receiver()) this.#attachIncoming(link as Receiver, entity);
    else this.#attachOutgoing(link as Sender, entity);
  }

  #attachIncoming(link: Receiver, entity: Entity): void {
    if (!('destination' in entity)) throw new Refusal(condition.notAllowed, `Nothing can be sent to '${entity.path}'.`);
    this.#demand('Send', entity);
    const { broker, faults } = this.#context;
    const session = this.#hotSession(link);
    const hot = new IncomingLink(broker, faults, session, entity.destination, link, linkInternals(link).local.handle);
    acceptAttach(link, { maxMessageBytes: limits.messageBytes });
    this.#add(session, link, hot);
    // rhea writes the attach at the next tick; the credit must come after it.
    process.nextTick(() => hot.grantCredit());
  }

  #attachOutgoing(link: Sender, entity: Entity): void {
    if (!('store' in entity)) throw new Refusal(condition.notAllowed, `'${entity.path}' is a topic: receive from one of its subscriptions.`);
    this.#demand('Listen', entity);
    const { broker, faults } = this.#context;
    const { status } = entity.store.options;
    if (status === 'Disabled' || status === 'ReceiveDisabled') throw new Refusal(condition.entityDisabled, `The entity '${entity.path}' is disabled for receiving.`);
    if (entity.store.options.forwardTo !== undefined) throw new Refusal(condition.notAllowed, `'${entity.path}' forwards its messages: receive from '${entity.store.options.forwardTo}'.`);
    const frameBytes = link.connection.max_frame_size;
    if (typeof frameBytes === 'number' && frameBytes < limits.messageBytes * 2) throw new Refusal(condition.notImplemented, `Frames of ${frameBytes} bytes are too small: messages are not split over several.`);
    const session = this.#hotSession(link);
    const { local, remote } = linkInternals(link);
    const hot = new OutgoingLink(broker, faults, session, entity.store, link, local.handle, remote.attach?.snd_settle_mode === 1);
    this.#add(session, link, hot);
    if (acceptSession(link, entity.store, hot)) return;
    acceptAttach(link);
    entity.store.addConsumer(hot);
  }

  #hotSession(link: AnyLink): AmqpSession {
    const { local, remote } = sessionInternals(link.session);
    let session = this.#hotSessions.get(remote.channel);
    if (!session) {
      session = new AmqpSession(this.#outbox, local.channel, remote.begin, (due) => this.#withRanges.add(due));
      this.#hotSessions.set(remote.channel, session);
    }
    return session;
  }

  #add(session: AmqpSession, link: AnyLink, hot: IncomingLink | OutgoingLink): void {
    const handle = linkInternals(link).remote.attach?.handle ?? 0;
    session.links.set(handle, hot);
  }

  #detached(link: AnyLink): void {
    this.#linkCount -= 1;
    const session = this.#hotSessions.get(sessionInternals(link.session).remote.channel);
    const handle = linkInternals(link).remote.attach?.handle ?? 0;
    session?.links.get(handle)?.onClosed();
    session?.links.delete(handle);
  }
}
