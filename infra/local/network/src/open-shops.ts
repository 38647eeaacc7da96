import { seed } from './seed.ts';
import { Site } from './site.ts';

// For compose: the opening stock and prices of the example shops, once every service is up. Running it again changes nothing.
await seed(Site.ofStart());
process.stdout.write('The shops are open.\n');
