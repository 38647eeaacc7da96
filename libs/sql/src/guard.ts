import type { Connection } from 'tedious';

/** Cures what the driver does to a connection behind our back. Called for each new one before it connects. */
export function guard(connection: Connection): void {
  keepLoginNumber(connection);
  closeWhenTransactionEndFails(connection);
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
