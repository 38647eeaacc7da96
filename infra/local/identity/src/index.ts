export { audience, startIdentity, type IdentityOptions, type RunningIdentity } from './server.ts';
export { readClients, type Claims, type Client } from './clients.ts';
