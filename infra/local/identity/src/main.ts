// The identity stand-in as a process of its own. PORT, HOST, STATE_DIR, CLIENTS (a JSON file), ISSUER, TOKEN_LIFETIME_S;
// ORIGINS (of pages that may ask, with commas);
// MSI_HEADER, MSI_LIFETIME_S and MSI_SAID_LATER_S for the tokens of programs.
import { readClients } from './clients.ts';
import { startIdentity } from './server.ts';

const { PORT = '7070', HOST = '127.0.0.1', STATE_DIR = '.state/identity', CLIENTS, ISSUER, ORIGINS, TOKEN_LIFETIME_S = '28800', MSI_HEADER, MSI_LIFETIME_S = '86400', MSI_SAID_LATER_S = '0' } = process.env;

const identity = await startIdentity({
  port: Number(PORT), host: HOST, directory: STATE_DIR, lifetimeSeconds: Number(TOKEN_LIFETIME_S),
  clients: CLIENTS === undefined ? [] : readClients(CLIENTS), ...(ISSUER !== undefined && { issuer: ISSUER }), ...(ORIGINS !== undefined && { origins: ORIGINS.split(',') }),
  ...(MSI_HEADER !== undefined && { managedIdentity: { header: MSI_HEADER, lifetimeSeconds: Number(MSI_LIFETIME_S), saidLaterSeconds: Number(MSI_SAID_LATER_S) } }),
});
process.stdout.write(`${JSON.stringify({ service: 'identity', msg: 'listening', port: identity.port, issuer: identity.issuer })}\n`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void identity.close().then(() => process.exit(0)));
