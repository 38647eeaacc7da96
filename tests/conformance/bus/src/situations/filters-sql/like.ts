import { choosing } from '../../choosing.ts';
import { documented } from '../../situation.ts';

export const situation = choosing({
  promise: 'LIKE matches the whole text: % is any run of characters, _ is any one',
  source: documented('service-bus-messaging-sql-filter', 'pattern'),
  messages: {
    completed: { subject: 'sale.completed' }, cancelled: { subject: 'sale.cancelled' }, sale: { subject: 'sale' }, resale: { subject: 'resale' },
    odd: { subject: 'sale(.*)+[x]' }, none: {},
  },
  chosen: [
    ["sys.Label LIKE 'sale.%'", ['completed', 'cancelled']], ["sys.Label LIKE '%sale'", ['sale', 'resale']], ["sys.Label LIKE '%ale%'", ['completed', 'cancelled', 'sale', 'resale', 'odd']],
    ["sys.Label LIKE 's_le'", ['sale']], ["sys.Label LIKE 'sale'", ['sale']], ["sys.Label LIKE 'sale(.*)+[x]'", ['odd']], ["sys.Label NOT LIKE 'sale%'", ['resale']],
  ],
});
