import { Site } from './site.ts';

// For compose: makes the clients of the identity stand-in, if this state folder has none yet, before anything that reads them starts.
const site = Site.ofStart();
process.stdout.write(`${site.clients.length} clients in ${site.clientsFile}\n`);
