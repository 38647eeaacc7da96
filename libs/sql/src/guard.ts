import type { Connection } from 'tedious';

/** Cures what the driver does to a connection behind our back. Called for each new one before it connects. */
export function guard(connection: Connection): void {
  keepLoginNumber(connection);
  closeWhenTransactionEndFails(connection);
  askForLargePackets(connection);
}

/** A refused login surfaces without its number, and a failover (40613) then looks like a wrong password: note it on the error. */
function keepLoginNumber(connection: Connection): void {
  let number: unknown;
  const note = (message: { readonly number?: unknown }): void => {
    number = message.number;
  };
  connection.on('errorMessage', note);
  connection.on('connect', (error?: Error) => {
    connection.off('errorMessage', note);
    if (error && typeof number === 'number') Object.assign(error, { number });
  });
}

/**
 * `mssql` returns a connection to the pool even when its COMMIT or ROLLBACK failed, with the transaction still open: the next borrower's rows
 * would vanish with it. We send whole units of work and never use its transactions; this holds should anybody ever do.
 */
function closeWhenTransactionEndFails(connection: Connection): void {
  for (const method of ['commitTransaction', 'rollbackTransaction'] as const) {
    const original = connection[method].bind(connection);
    connection[method] = (callback, name) =>
      original((error, ...rest) => {
        if (error) connection.close();
        callback(error, ...rest);
      }, name);
  }
}

/** What the driver keeps to itself. */
interface Inside {
  readonly config: { readonly options: { packetSize: number } };
  sendLogin7Packet(): void;
}

/** In bytes. A server takes at most 16,383 where the connection is encrypted. */
const largePacket = 16_000;

/**
 * A batch of messages is several of the driver's packets of 4,096 bytes, and each is a write of its own: the largest single cost of a commit. Larger ones are
 * asked for in the login only, and used once the server has agreed. The driver's option would use them from the first byte, and Azure SQL hangs up on a login
 * whose token makes it longer than 4,096 bytes (https://github.com/tediousjs/tedious/issues/1729).
 */
function askForLargePackets(connection: Connection): void {
  const inside = connection as unknown as Inside;
  const original = inside.sendLogin7Packet.bind(connection);
  inside.sendLogin7Packet = () => {
    const { options } = inside.config;
    const { packetSize } = options;
    options.packetSize = largePacket;
    original();
    options.packetSize = packetSize; // A server that sends us on to another is a new beginning.
  };
}
