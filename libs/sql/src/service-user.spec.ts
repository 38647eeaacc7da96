import { serviceUserBatch } from './service-user.ts';

it('makes an identity a user by its SID, with the rights of a service, and may be run again', () => {
  // The example of the Guid that .NET documents: ToByteArray() of 35918bc9-196d-40ea-9779-889d79b753f0 is C9-8B-91-35-6D-19-EA-40-97-79-88-9D-79-B7-53-F0.
  expect(serviceUserBatch({ name: 'id-cart-prod', clientId: '35918bc9-196d-40ea-9779-889d79b753f0' })).toBe([
    "IF DATABASE_PRINCIPAL_ID(N'id-cart-prod') IS NULL CREATE USER [id-cart-prod] WITH SID = 0xC98B91356D19EA409779889D79B753F0, TYPE = E;",
    'GRANT SELECT, INSERT, UPDATE, DELETE ON SCHEMA::dbo TO [id-cart-prod];',
  ].join('\n'));
});

it.each(['cart]; DROP TABLE outbox; --', "o'brien", ''])('turns away the name %j, which would end the bracket it stands in', (name) => {
  expect(() => serviceUserBatch({ name, clientId: '35918bc9-196d-40ea-9779-889d79b753f0' })).toThrow(/is no name/);
});

it('turns away a client id that is none', () => {
  expect(() => serviceUserBatch({ name: 'cart', clientId: '0x00' })).toThrow(/is a GUID/);
});
