import { csv } from './csv.ts';

const letter = { topic: 'stock', subscription: 'inventory', sequenceNumber: '7', tenantId: 'acme', messageId: 'm-7', type: 'inventory.commit-stock.v1', facts: { reason: 'stock-row-missing' }, enqueuedAt: '2026-03-01T10:00:00.000Z' };

describe('a list for a spreadsheet', () => {
  it('has a line for each dead letter, and no body', () => {
    expect(csv([{ ...letter, bodyText: '{"token":"x"}', value: { currency: 'GBP', minor: -250 } }])).toBe(
      'topic,subscription,sequenceNumber,tenantId,storeId,saleId,messageId,type,reason,failedAt,currency,minor\r\n'
      + 'stock,inventory,7,acme,,,m-7,inventory.commit-stock.v1,stock-row-missing,2026-03-01T10:00:00.000Z,GBP,-250\r\n',
    );
  });

  it.each([
    ['=HYPERLINK("http://x";"pay here")', `"'=HYPERLINK(""http://x"";""pay here"")"`], ['+1', "'+1"], ['-1', "'-1"], ['@SUM(A1)', "'@SUM(A1)"], ['\t=1', "'\t=1"], ['a,b', '"a,b"'], ['two\nlines', '"two\nlines"'],
  ])('shows %j as text that no spreadsheet runs (X338)', (messageId, shown) => {
    expect(csv([{ ...letter, messageId }])).toContain(`acme,,,${shown},inventory`);
  });
});
