import { choosing } from '../../choosing.ts';
import { documented } from '../../situation.ts';

export const situation = choosing({
  promise: 'names that are no identifiers are written in brackets or double quotes',
  source: documented('service-bus-messaging-sql-filter', 'property_name'),
  messages: {
    spaced: { applicationProperties: { 'Property With Space': 1 } }, dashed: { applicationProperties: { 'HR-EmployeeID': 1 } }, quoted: { applicationProperties: { 'Contoso & Northwind': 1 } },
    bracket: { applicationProperties: { 'a]b': 1 } }, keyword: { applicationProperties: { 'like': 1 } },
  },
  chosen: [
    ['[Property With Space] = 1', ['spaced']], ['[HR-EmployeeID] = 1', ['dashed']], ['"Contoso & Northwind" = 1', ['quoted']], ['[a]]b] = 1', ['bracket']], ['[like] = 1', ['keyword']],
    ["property('HR-EmployeeID') = 1", ['dashed']], ["p('Property With Space') = 1", ['spaced']],
  ],
});
