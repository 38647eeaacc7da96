import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import rhea from 'rhea';
import { Access, type Principal } from './access.ts';
import { AmqpConnection } from './amqp/connection.ts';
import { Broker, type BrokerEvent } from './broker.ts';
import { type Certificate, certificateOf } from './certificate.ts';
import { strikeConnections } from './fault/connection-fault.ts';
import type { FaultRequest } from './fault/fault-spec.ts';
import { Faults, isImmediate } from './fault/faults.ts';
import { createHttp } from './http.ts';
import { limits } from './limits.ts';
import { type AccessKeys, SasCheck } from './sas.ts';
import type { EmulatorConfig } from './topology.ts';

export interface ServiceBusOptions {
  /** 0 or absent for any free port. */
  readonly port?: number;
  readonly host?: string;
  /** Where messages are kept. One process at a time. */
  readonly directory: string;
  readonly topology: EmulatorConfig;
  /** Shared access keys by name. Tokens are checked when there are any, and all accepted otherwise. */
  readonly accessKeys?: AccessKeys;
  /** Who may do what. Everyone else may do nothing then; without it, everyone who gets in may do everything. */
  readonly access?: readonly Principal[];
  /** What clients that speak TLS are shown; absent for one of its own, kept in `directory`. */
  readonly certificate?: Certificate;
  /** Whether faults can be asked for over HTTP. `applyFaults` always works. */
  readonly faultsOverHttp?: boolean;
  /** Told of notable events; silent by default. */
  readonly onEvent?: BrokerEvent;
}

export interface ServiceBus extends AsyncDisposable {
  readonly port: number;
  /** For `new ServiceBusClient(...)`. */
  readonly connectionString: string;
  /** PEM: what a client that speaks TLS has to trust, as one with a token credential does. */
  readonly certificate: string;
  /** The same as `POST /faults`. */
  applyFaults(request: FaultRequest): void;
  /** Closes all connections, after everything accepted is on disk. */
  close(): Promise<void>;
}

/** 'A' of "AMQP", and a TLS handshake record; anything else on a new connection is taken for HTTP (specification §15.1). */
const AMQP_FIRST_BYTE = 0x41;
const TLS_FIRST_BYTE = 0x16;

/** Starts the stand-in. It is ready to serve when the promise resolves. */
export async function startServiceBus({ port = 0, host, directory, topology, accessKeys: plainKeys, access: principals, certificate = certificateOf(directory), faultsOverHttp = false, onEvent = () => undefined }: ServiceBusOptions): Promise<ServiceBus> {
  const faults = new Faults();
  const accessKeys = keysOf(plainKeys, principals);
  const sas = new SasCheck(accessKeys);
  // A key without grants is as it always was: the namespace's own.
  const access = new Access(principals && [...principals, ...Object.keys(plainKeys ?? {}).map((name): Principal => ({ name, grants: [{ right: 'Manage' }] }))]);
  const connections = new Set<AmqpConnection>();
  const sockets = new Set<Socket>();
  let onSocket = (socket: Socket): void => void socket.destroy();
  // The port comes first: a second process started by mistake fails here, before it touches the first one's log.
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    onSocket(socket);
  });
  const boundPort = await listen(listener, port, host);
  const broker = await Broker.open(directory, topology, onEvent, () => {
    // Nothing can be promised any more: clients see a lost connection rather than an answer that is not true.
    for (const socket of sockets) socket.destroy();
    listener.close();
  }, faults).catch((error: unknown) => {
    listener.close();
    throw error;
  });
  const applyFaults = (request: FaultRequest): void => {
    faults.set(request);
    if (request.detachLinks !== undefined) for (const connection of connections) connection.detachLinks(request.detachLinks);
    for (const spec of request.inject ?? []) {
      if (!isImmediate(spec)) continue;
      if (spec.fault === 'expire-lock') broker.expireLocks(spec.entity ?? '*', spec.times ?? Number.POSITIVE_INFINITY);
      else strikeConnections(connections, spec, faults);
    }
    if (request.dropConnections) for (const connection of connections) connection.close();
    onEvent('faults', { ...request });
  };
  const http = createHttp({ broker, sas, access, ...(faultsOverHttp ? { faults: { apply: applyFaults, inForce: () => faults.inForce() } } : {}) });
  const container = rhea.create_container({ id: 'service-bus' });
  onSocket = (socket) => {
    // A connection that says nothing is dropped.
    socket.setTimeout(limits.handshakeMs, () => socket.destroy());
    socket.once('data', (first: Buffer) => {
      socket.removeAllListeners('timeout');
      if (first[0] === TLS_FIRST_BYTE && !(socket instanceof TLSSocket)) {
        // It reads what is there in the next tick; until then nothing may flow past it.
        socket.pause();
        socket.unshift(first);
        secure.emit('connection', socket);
        return;
      }
      if (first[0] !== AMQP_FIRST_BYTE) {
        http.emit('connection', socket);
        socket.unshift(first);
        return;
      }
      const connection = new AmqpConnection(socket, { broker, faults, sas, access, container, emit: onEvent });
      connections.add(connection);
      socket.on('close', () => connections.delete(connection));
      if (faults.blackHoleUntil > Date.now()) connection.fallSilent(faults.blackHoleUntil - Date.now());
      connection.input(first);
    });
  };
  const secure = createTlsServer({ ...certificate, handshakeTimeout: limits.handshakeMs }, onSocket);
  // Node tells of a handshake that does not end, and leaves it at that.
  secure.on('tlsClientError', (_error, socket) => socket.destroy());
  onEvent('listening', { port: boundPort, pid: process.pid });

  const [keyName, key] = Object.entries(accessKeys ?? {})[0] ?? ['RootManageSharedAccessKey', 'SAS_KEY_VALUE'];
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= (async () => {
    const closed = new Promise<void>((resolve) => { listener.close(() => resolve()); });
    for (const connection of connections) connection.close();
    for (const socket of sockets) socket.destroy();
    await closed;
    await broker.close();
    onEvent('closed');
  })());
  return {
    port: boundPort,
    connectionString: `Endpoint=sb://localhost:${boundPort};SharedAccessKeyName=${keyName};SharedAccessKey=${key};UseDevelopmentEmulator=true;`,
    certificate: certificate.cert,
    applyFaults,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function keysOf(plainKeys: AccessKeys | undefined, principals: readonly Principal[] | undefined): AccessKeys | undefined {
  if (!principals) return plainKeys;
  return { ...plainKeys, ...Object.fromEntries(principals.flatMap(({ name, key }) => (key === undefined ? [] : [[name, key]]))) };
}

function listen(server: Server, port: number, host: string | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
